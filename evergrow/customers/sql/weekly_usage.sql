-- Events per account and week for a handful of accounts, for the sparklines of a list.
select account, toUInt32(intDiv(dateDiff('day', {first:Date}, day), 7)) as week, sum(count) as events
from account_day
where workspace_id = {workspace_id:UInt32}
    and account in {accounts:Array(UInt32)}
    and day between {first:Date} and {last:Date}
group by account, week
