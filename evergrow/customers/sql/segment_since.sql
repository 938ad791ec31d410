-- When each of these last came into a segment.
select subject, max(at) as entered_at
from segment_moves final
where workspace_id = {workspace_id:UInt32}
  and segment = {segment:UInt32}
  and subject in {subjects:Array(UInt32)}
  and entered = 1
group by subject
