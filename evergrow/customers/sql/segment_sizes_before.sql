-- How many were in each segment at the end of a day, or the last day before it that was written down.
select segment, argMax(size, (day, at)) as newest
from segment_sizes
where workspace_id = {workspace_id:UInt32} and segment in {segments:Array(UInt32)} and day <= {day:Date}
group by segment
