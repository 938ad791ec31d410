-- Events of each account in each of the last :weeks weeks of seven full days, oldest first; the running day apart.
select account, intDiv(dateDiff('day', day, {day:Date}) - 1, 7) as weeks_ago, sum(count) as events
from account_day
where workspace_id = {workspace_id:UInt32}
  and has({accounts:Array(UInt32)}, account)
  and day >= {day:Date} - 7 * {weeks:UInt16} and day < {day:Date}
group by account, weeks_ago
