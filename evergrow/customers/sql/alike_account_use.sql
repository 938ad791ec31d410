-- How often each account did an event since a day.
select account as subject, sum(count) as times
from account_day
where workspace_id = {workspace_id:UInt32} and event = {event:String} and day >= {since:Date}
group by account
