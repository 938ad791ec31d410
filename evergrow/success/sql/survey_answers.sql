-- Which tokens of survey links came back with one of these events since then?
select distinct event, properties[{property:String}] as token
from events
where workspace_id = {workspace:UInt32}
    and event in {events:Array(String)}
    and day >= {since:Date} - 1
    and properties[{property:String}] != ''
