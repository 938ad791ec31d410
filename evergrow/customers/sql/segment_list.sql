-- Whom colleagues put on a list, under the numbers they had then.
select subject
from segment_lists
where workspace_id = {workspace_id:UInt32} and segment = {segment:UInt32}
group by subject
having argMax(is_deleted, version) = 0
order by subject
