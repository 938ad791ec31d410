-- How many events came in so far, and when they last changed. A change is settled after ten seconds: a block's rows
-- show in the events, in each rollup and here at slightly different moments.
select
    sum(arrived) as arrived,
    toUnixTimestamp64Micro(max(changed_at)) as changed,
    max(changed_at) < now64(6, 'UTC') - toIntervalSecond(10) as settled
from changes
where workspace_id = {workspace_id:UInt32}
