-- How many events of some names there are on each day.
select event, day, sum(count) as events
from activity
where workspace_id = {workspace:UInt32} and event in {events:Array(String)} and day between {first:Date} and {last:Date}
group by event, day
