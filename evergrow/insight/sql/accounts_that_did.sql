-- Which accounts did this event between two days, both counted?
select distinct account
from account_day
where workspace_id = {workspace:UInt32} and event = {event:String} and day between {first:Date} and {last:Date}
order by account
limit {limit:UInt32}
