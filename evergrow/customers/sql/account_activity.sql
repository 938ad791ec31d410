-- What an account did on each day since `first_day`: how often each event.
select day, event, sum(count) as events
from account_day
where workspace_id = {workspace_id:UInt32} and account = {account:UInt32} and day >= {first_day:Date}
group by day, event
order by day, event
