-- The last day on which each account did an event; “*” is any event.
select account as subject, max(day) as last_day
from account_day
where workspace_id = {workspace_id:UInt32} and ({event:String} = '*' or event = {event:String})
    and day >= {since:Date} and day <= {today:Date}
group by account
order by account
