-- Per source, event and stretch (1: received since `recent`, 0: on the days compared with): how many events had a property,
-- by the kind of its value; the empty name counts the events themselves. Of many events one in `every` is looked at.
select
    source,
    event,
    received_at >= {recent:DateTime64(3, 'UTC')} as is_recent,
    pair.1 as property,
    multiIf(
        pair.2 in ('true', 'false'), 'truth',
        startsWith(pair.2, '{'), 'object',
        startsWith(pair.2, '['), 'list',
        length(pair.2) <= 32 and isNotNull(toFloat64OrNull(pair.2)), 'number',
        'text'
    ) as kind,
    count() as n
from (
    select
        source,
        event,
        received_at,
        arrayJoin(
            arrayConcat([('', '')], CAST(properties, 'Array(Tuple(String, String))'))
        ) as pair
    from events
    where workspace_id = {workspace_id:UInt32}
      and day in {days:Array(Date)}
      and at >= {oldest:DateTime64(3, 'UTC')}
      and (received_at >= {recent:DateTime64(3, 'UTC')} or day < {today:Date})
      and import_id = 0
      and source != ''
      and cityHash64(message_id) % {every:UInt32} = 0
)
group by source, event, is_recent, property, kind
