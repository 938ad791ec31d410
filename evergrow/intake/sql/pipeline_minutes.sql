-- Per source: the counts of the minutes since `since`.
select
    key_id,
    sum(accepted),
    sum(duplicates),
    sum(rejected),
    sum(refused),
    sum(lag_sum),
    max(lag_max),
    sumMap(lags)
from pipeline_minutes
where workspace_id = {workspace_id:UInt32}
  and minute >= {since:DateTime64(3, 'UTC')}
group by key_id
