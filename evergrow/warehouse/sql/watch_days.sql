-- The days before `until` on which an event happened, the newest first, with how often.
select day, toUInt64(sum(count)) as events
from activity
where workspace_id = {workspace_id:UInt32} and event = {event:String} and day < {until:Date}
group by day
order by day desc
