-- The events of a workspace, the most frequent ones first.
select event
from activity
where workspace_id = {workspace:UInt32}
group by event
order by sum(count) desc, event
limit {most:UInt32}
