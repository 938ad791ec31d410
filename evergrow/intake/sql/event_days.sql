-- The first and last day that this workspace has events on, in events or in a rollup that is still to be mended.
select min(day) as first, max(day) as last, count() as days
from (
    select day from events where workspace_id = {workspace_id:UInt32} group by day
    union all
    select day from activity where workspace_id = {workspace_id:UInt32} group by day
)
