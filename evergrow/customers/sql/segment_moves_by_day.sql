-- How many came into a segment and how many left it, by day of the workspace's zone, without its first filling.
select
    toDate(at, {zone:String}) as day,
    countIf(entered = 1) as came,
    countIf(entered = 0) as gone
from segment_moves final
where workspace_id = {workspace_id:UInt32}
  and segment = {segment:UInt32}
  and at >= {since:DateTime64(3)}
  and cause != 'first'
group by day
order by day
