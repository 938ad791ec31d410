-- How many were in each of these segments at the end of the days since then.
select segment, day, argMax(size, at) as newest
from segment_sizes
where workspace_id = {workspace_id:UInt32} and segment in {segments:Array(UInt32)} and day >= {since:Date}
group by segment, day
order by segment, day
