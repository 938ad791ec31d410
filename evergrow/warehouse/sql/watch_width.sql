-- How many different values a property had on a day.
select uniqExact(properties[{property:String}])
from events
where workspace_id = {workspace_id:UInt32} and event = {event:String} and day = {day:Date}
