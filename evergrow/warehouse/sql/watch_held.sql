-- Whether the sets of a property hold anything of these days.
select count() > 0
from property_people
where workspace_id = {workspace_id:UInt32} and event = {event:String} and property = {property:String}
    and day in {days:Array(Date)}
