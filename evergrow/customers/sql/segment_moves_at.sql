-- The moves that one refresh of a segment wrote.
select subject, entered, cause
from segment_moves final
where workspace_id = {workspace_id:UInt32} and segment = {segment:UInt32} and at = {at:DateTime64(3)}
order by subject
