-- What both groups did in the window: for each event, who did it at all and how often, by group.
-- `who` is the canonical person or the account; :mine and :theirs are bitmaps that the caller puts in their place.
with
    /*mine*/ as mine,
    /*theirs*/ as theirs,
    (
        select (groupArray(from_person), groupArray(to_person))
        from (
            select from_person, argMax(to_person, version) as to_person
            from person_overrides
            where workspace_id = {portrait_workspace:UInt32}
            group by from_person
        )
        where from_person != to_person
    ) as merges
select
    event,
    countIf(is_mine) as hits,
    countIf(is_theirs) as other_hits,
    sumIf(times, is_mine) as total,
    sumIf(times, is_theirs) as other_total
from (
    select
        event,
        /*who*/ as who,
        count() as times,
        bitmapContains(mine, toUInt32(who)) as is_mine,
        bitmapContains(theirs, toUInt32(who)) as is_theirs
    from events
    where workspace_id = {portrait_workspace:UInt32} and day between {portrait_first:Date} and {portrait_last:Date}
    group by event, who
    having who != 0 and (is_mine or is_theirs)
)
group by event
order by hits + other_hits desc, event
limit 400
