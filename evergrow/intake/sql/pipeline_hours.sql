-- Per source and hour: what was accepted, what came again, what was not taken.
select
    key_id,
    toDateTime64(toStartOfHour(quarter, {zone:String}), 3, 'UTC') as begins,
    sum(accepted) as taken,
    sum(duplicates) as again,
    sum(rejected) + sum(refused) as bad
from pipeline_quarters
where workspace_id = {workspace_id:UInt32}
  and quarter >= {since:DateTime64(3, 'UTC')}
  and ({key:UInt32} = 0 or key_id = {key:UInt32})
group by key_id, begins
order by begins
