-- How often each account did an event in the days from :middle up to :until, and in those from :since up to :middle.
-- “*” is any event; :until itself does not count, because today is not over.
select account, sumIf(count, day >= {middle:Date}) as now, sumIf(count, day < {middle:Date}) as before
from account_day
where workspace_id = {workspace_id:UInt32} and ({event:String} = '*' or event = {event:String})
    and day >= {since:Date} and day < {until:Date}
group by account
having before > 0
order by account
