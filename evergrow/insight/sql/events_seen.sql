-- Which events does this workspace capture? One row per event name, the most frequent first.
select
    event,
    sum(count) as times,
    groupBitmapMerge(accounts) as accounts_seen,
    groupBitmapMerge(people) as people_seen,
    min(day) as first_day,
    max(day) as last_day
from activity
where workspace_id = {workspace:UInt32}
group by event
order by times desc, event
limit 2000
