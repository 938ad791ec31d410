-- How many different people of each account did anything from :since up to the day before :today.
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
    arrayUniq(arrayMap(
        each -> transform(each, merges.1, merges.2, each),
        bitmapToArray(groupBitmapMergeState(people))
    )) as people
from account_day
where workspace_id = {workspace_id:UInt32} and day >= {since:Date} and day < {today:Date}
group by account
having people > 0
order by account
