-- How often was the product used at one account, per period of `length` days from `first` on, and by how many
-- different people? Periods without any event have no row.
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
    toUInt32(intDiv(dateDiff('day', {first:Date}, day), {length:UInt32})) as period,
    sum(count) as events,
    arrayUniq(arrayMap(
        each -> transform(each, merges.1, merges.2, each),
        bitmapToArray(groupBitmapMergeState(people))
    )) as people
from account_day
where workspace_id = {workspace_id:UInt32}
    and account = {account:UInt32}
    and day between {first:Date} and {last:Date}
group by period
