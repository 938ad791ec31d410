-- The most values that the sets of a property hold of any day.
select max(codes)
from (
    select uniqExact(code) as codes
    from property_people
    where workspace_id = {workspace_id:UInt32} and event = {event:String} and property = {property:String}
    group by day
)
