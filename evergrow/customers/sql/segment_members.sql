-- Who was in a segment when it was last refreshed.
select arrayJoin(bitmapToArray(members)) as subject
from (
    select members
    from segment_versions
    where workspace_id = {workspace_id:UInt32} and segment = {segment:UInt32}
    order by at desc
    limit 1
)
order by subject
