-- How much both groups did in the window, one row a subject that did anything: days active, events, kinds of events.
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
select is_mine, measure, groupArray(value) as found
from (
    select
        bitmapContains(mine, toUInt32(who)) as is_mine,
        arrayJoin([('days', toFloat64(days)), ('events', toFloat64(times)), ('breadth', toFloat64(kinds))]) as pair,
        pair.1 as measure,
        pair.2 as value
    from (
        select /*who*/ as who, uniqExact(day) as days, count() as times, uniqExact(event) as kinds
        from events
        where workspace_id = {portrait_workspace:UInt32} and day between {portrait_first:Date} and {portrait_last:Date}
        group by who
        having who != 0
    )
    where bitmapContains(mine, toUInt32(who)) or bitmapContains(theirs, toUInt32(who))
)
group by is_mine, measure
