-- Who was in each of these segments when it was last refreshed.
select segment, arrayJoin(bitmapToArray(members)) as subject
from (
    select segment, members
    from segment_versions
    where workspace_id = {workspace_id:UInt32} and segment in {segments:Array(UInt32)}
    order by segment, at desc
    limit 1 by segment
)
order by segment, subject
