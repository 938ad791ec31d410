-- The yardstick of “evergrow bench insight”: different accounts by day.
select toDate(timestamp) as day, count(distinct account) as value
from bench_raw_events as e
where team_id = {workspace:UInt32} and toDate(timestamp) between {first:Date} and {last:Date} and event = {event:String}
group by day
