-- On which days an account did something, the latest first, and how often; days in the future count as well.
select day, sum(count) as events
from account_day
where workspace_id = {workspace_id:UInt32}
    and account = {account:UInt32}
    and day < {until_day:Date}
    and ({event:String} = '' or event = {event:String})
group by day
order by day desc
limit 400
