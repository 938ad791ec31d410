-- Which of these segments hold a subject now.
select segment, argMax(bitmapContains(members, {subject:UInt32}), at) as is_in
from segment_versions
where workspace_id = {workspace_id:UInt32} and segment in {segments:Array(UInt32)}
group by segment
having is_in
