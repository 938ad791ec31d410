-- When each thing last came in, by what it was.
select topic, name, max(at) as newest
from arrivals
where workspace_id = {workspace_id:UInt32}
group by topic, name
