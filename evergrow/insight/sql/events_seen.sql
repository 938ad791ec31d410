-- Which events does this workspace capture? One row per event name, the most frequent first.
with (
    -- Who turned out to be somebody else, and who they are.
    select (groupArray(from_person), groupArray(to_person))
    from (
        select from_person, argMax(to_person, version) as to_person
        from person_overrides
        where workspace_id = {workspace:UInt32}
        group by from_person
    )
    where from_person != to_person
) as merges
select
    event,
    sum(count) as times,
    bitmapCardinality(bitmapAndnot(groupBitmapMergeState(accounts), bitmapBuild({gone:Array(UInt32)}))) as accounts_seen,
    bitmapCardinality(bitmapTransform(groupBitmapMergeState(people), merges.1, merges.2)) as people_seen,
    min(day) as first_day,
    max(day) as last_day
from activity
where workspace_id = {workspace:UInt32}
group by event
order by times desc, event
limit 2000
