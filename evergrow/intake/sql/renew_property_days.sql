-- The counts of these events on these days again, from the events that are left; keys are “event|day”.
insert into property_days
select
    workspace_id,
    event,
    pair.1 as property,
    day,
    count() as count,
    groupBitOr(toUInt16(multiIf(
        pair.2 in ('true', 'false'), 4,
        startsWith(pair.2, '{'), 32,
        startsWith(pair.2, '['), 16,
        length(pair.2) <= 32 and isNotNull(toFloat64OrNull(pair.2)), 2,
        match(pair.2, '^\\d{4}-\\d\\d-\\d\\d([T ]\\d|$)'), 8,
        1
    ))) as kinds,
    anyLast(leftUTF8(pair.2, 100)) as sample
from (
    select
        workspace_id,
        event,
        day,
        arrayJoin(CAST(properties, 'Array(Tuple(LowCardinality(String), String))')) as pair
    from events
    where workspace_id = {workspace_id:UInt32} and concat(event, '|', toString(day)) in {keys:Array(String)}
)
group by workspace_id, event, property, day
