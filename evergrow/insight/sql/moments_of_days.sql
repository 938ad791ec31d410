-- How many events of some names there are on each day; when stored ones were last rewritten; when people last merged, and
-- whether that is longer ago than any insert takes.
with
    (
        select toUnixTimestamp64Micro(max(rewritten_at))
        from changes
        where workspace_id = {workspace:UInt32}
    ) as rewritten,
    (
        select max(at)
        from arrivals
        where workspace_id = {workspace:UInt32} and topic = 'merge'
    ) as merged
select
    event,
    day,
    sum(count) as events,
    any(rewritten) as rewritten_at,
    any(toUnixTimestamp64Micro(merged)) as merged_at,
    any(merged < now64(6, 'UTC') - toIntervalSecond(10)) as is_settled
from activity
where workspace_id = {workspace:UInt32} and event in {events:Array(String)} and day between {first:Date} and {last:Date}
group by event, day
