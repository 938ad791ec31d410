-- Which values does a property of an event have in its last 90 days, the most frequent first?
select value
from (
    select properties[{key:String}] as value
    from events
    where workspace_id = {workspace:UInt32} and ({event:String} = '*' or event = {event:String})
        and day > {today:Date} - 90
        and mapContains(properties, {key:String})
    limit 200000
)
where value != '' and length(value) <= 200
group by value
order by count() desc, value
limit 100
