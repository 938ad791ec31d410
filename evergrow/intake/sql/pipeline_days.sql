-- Per day of the workspace's zone: what was accepted, what came again, what was not taken.
select
    toDate(quarter, {zone:String}) as day,
    sum(accepted) as taken,
    sum(duplicates) as again,
    sum(rejected) + sum(refused) as bad
from pipeline_quarters
where workspace_id = {workspace_id:UInt32}
  and quarter >= {since:DateTime64(3, 'UTC')}
  and ({key:UInt32} = 0 or key_id = {key:UInt32})
group by day
order by day
