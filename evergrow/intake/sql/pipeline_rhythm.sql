-- Per source: when something came last within each quarter of an hour.
select
    key_id,
    toDateTime64(quarter, 3, 'UTC') as begins,
    max(last_at) as newest
from pipeline_quarters
where workspace_id = {workspace_id:UInt32}
  and quarter >= {since:DateTime64(3, 'UTC')}
group by key_id, begins
having sum(accepted) + sum(duplicates) > 0
order by key_id, begins
