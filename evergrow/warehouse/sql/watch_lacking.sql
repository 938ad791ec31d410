-- The days before `until` on which the sets of a property do not hold as many events as happened.
select day
from (
    select day, toInt64(count) as events
    from activity
    where workspace_id = {workspace_id:UInt32} and event = {event:String} and day < {until:Date}
    union all
    select day, -toInt64(count) as events
    from property_people
    where workspace_id = {workspace_id:UInt32} and event = {event:String} and property = {property:String}
        and day < {until:Date}
)
group by day
having sum(events) != 0
order by day desc
