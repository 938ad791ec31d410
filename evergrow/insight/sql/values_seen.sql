-- Which values does a property have since {since}? The most frequent first, to choose from.
select properties[{key:String}] as value, count() as times
from events
where workspace_id = {workspace:UInt32} and day >= {since:Date} and ({event:String} = '' or event = {event:String})
    and mapContains(properties, {key:String})
group by value
order by times desc, value
limit 100
