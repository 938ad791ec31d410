-- The events that carried a property since `since`, the most frequent first.
select event, sum(count) as times
from property_days
where workspace_id = {workspace_id:UInt32} and property = {property:String} and day >= {since:Date}
group by event
order by times desc, event
limit {most:UInt16}
