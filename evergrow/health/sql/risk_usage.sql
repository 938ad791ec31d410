-- What each account did before a day: one row per account that was ever seen until then.
-- Windows are full days that end the day before: 28 days, and the 84 before those.
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
    dateDiff('day', min(day), {day:Date}) as days_since_first_use,
    uniqExactIf(day, day >= {day:Date} - 28) as active_days_28,
    uniqExactIf(intDiv(dateDiff('day', day, {day:Date}) - 1, 7), day >= {day:Date} - 84) as active_weeks_12,
    sumIf(count, day >= {day:Date} - 28) as events_28,
    sumIf(count, day >= {day:Date} - 112 and day < {day:Date} - 28) as events_before,
    uniqExactIf(event, day >= {day:Date} - 28) as features_28,
    uniqExactIf(event, day >= {day:Date} - 112 and day < {day:Date} - 28) as features_before,
    arrayUniq(arrayMap(
        each -> transform(each, merges.1, merges.2, each),
        bitmapToArray(groupBitmapMergeStateIf(people, day >= {day:Date} - 28))
    )) as people_28,
    arrayUniq(arrayMap(
        each -> transform(each, merges.1, merges.2, each),
        bitmapToArray(groupBitmapMergeStateIf(people, day >= {day:Date} - 112 and day < {day:Date} - 28))
    )) as people_before
from account_day
where workspace_id = {workspace_id:UInt32} and day < {day:Date}
group by account
order by account
