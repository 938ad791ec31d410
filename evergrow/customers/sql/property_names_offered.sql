-- The properties that events carry, the most frequent ones first.
select property
from property_days
where workspace_id = {workspace:UInt32}
group by property
order by sum(count) desc, property
limit {most:UInt32}
