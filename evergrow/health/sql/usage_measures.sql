-- What each account did before a day: one row per account that was ever seen until then.
-- Windows are full days that end the day before; the running day is not counted. Of the given events alone, if any.
with (
    -- Who turned out to be somebody else, and who they are.
    select (groupArray(from_person), groupArray(to_person))
    from (
        select from_person, argMax(to_person, version) as to_person
        from person_overrides
        where workspace_id = {workspace_id:UInt32}
        group by from_person
    )
    where from_person != to_person
) as merges
select
    account,
    dateDiff('day', max(day), {day:Date}) as days_since_use,
    uniqExactIf(day, day >= {day:Date} - 28) as active_days,
    uniqExactIf(intDiv(dateDiff('day', day, {day:Date}) - 1, 7), day >= {day:Date} - 56) as active_weeks,
    uniqExactIf(event, day >= {day:Date} - 28) as features,
    sumIf(count, day >= {day:Date} - 28) as events,
    sumIf(count, day >= {day:Date} - 112 and day < {day:Date} - 28) as events_before,
    least(dateDiff('day', min(day), {day:Date}) - 28, 84) as days_before,
    arrayUniq(arrayMap(
        each -> transform(each, merges.1, merges.2, each),
        bitmapToArray(groupBitmapMergeStateIf(people, day >= {day:Date} - 28))
    )) as people
from account_day
where workspace_id = {workspace_id:UInt32} and day < {day:Date}
  and (empty({events:Array(String)}) or has({events:Array(String)}, event))
group by account
order by account
