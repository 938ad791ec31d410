-- The yardstick of “evergrow bench insight”: how often an event happened, by day.
select toDate(timestamp) as day, count() as value
from bench_raw_events as e
where team_id = {workspace:UInt32} and toDate(timestamp) between {first:Date} and {last:Date} and event = {event:String}
group by day
