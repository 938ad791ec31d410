-- Which events does this workspace have, the most frequent first?
select event
from activity
where workspace_id = {workspace:UInt32}
group by event
order by sum(count) desc, event
limit 500
