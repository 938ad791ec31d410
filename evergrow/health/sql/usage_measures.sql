-- What each account did before a day: one row per account that was ever seen until then.
-- Windows are full days that end the day before; the running day is not counted.
select
    account,
    dateDiff('day', max(day), {day:Date}) as days_since_use,
    uniqExactIf(day, day >= {day:Date} - 28) as active_days,
    uniqExactIf(intDiv(dateDiff('day', day, {day:Date}) - 1, 7), day >= {day:Date} - 56) as active_weeks,
    uniqExactIf(event, day >= {day:Date} - 28) as features,
    sumIf(count, day >= {day:Date} - 28) as events,
    sumIf(count, day >= {day:Date} - 112 and day < {day:Date} - 28) as events_before,
    least(dateDiff('day', min(day), {day:Date}) - 28, 84) as days_before,
    groupBitmapMergeIf(people, day >= {day:Date} - 28) as people
from account_day
where workspace_id = {workspace_id:UInt32} and day < {day:Date}
group by account
order by account
