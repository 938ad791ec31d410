-- Which properties does an event (or any, *) carry, the most frequent first?
select property
from property_days
where workspace_id = {workspace:UInt32} and ({event:String} = '*' or event = {event:String})
group by property
order by sum(count) desc, property
limit 300
