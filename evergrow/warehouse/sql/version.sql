-- How many events came in so far, and when they last changed.
select
    sum(arrived) as arrived,
    toUnixTimestamp64Micro(max(changed_at)) as changed
from changes
where workspace_id = {workspace_id:UInt32}
