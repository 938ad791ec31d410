-- Which properties do events carry since {since}? One row per property, the most frequent first; counted by the day already.
select property as key, sum(count) as times
from property_days
where workspace_id = {workspace:UInt32} and day >= {since:Date} and ({event:String} = '' or event = {event:String})
group by key
order by times desc, key
limit 200
