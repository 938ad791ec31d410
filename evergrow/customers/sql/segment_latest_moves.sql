-- Who came into a segment or left it lately, the newest first.
select subject, at, entered, cause
from segment_moves final
where workspace_id = {workspace_id:UInt32} and segment = {segment:UInt32} and cause != 'first'
order by at desc, entered desc, subject
limit {most:UInt32} offset {skip:UInt32}
