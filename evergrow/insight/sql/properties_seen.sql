-- Which properties do events carry since {since}? One row per property, the most frequent first.
select key, count() as times
from events
array join mapKeys(properties) as key
where workspace_id = {workspace:UInt32} and day >= {since:Date} and ({event:String} = '' or event = {event:String})
group by key
order by times desc, key
limit 200
