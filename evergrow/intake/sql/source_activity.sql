-- Per source: events of the last hour and of the look-back, and the newest event with the client that sent it.
select
    newest.source,
    counts.last_hour,
    counts.total,
    newest.received_at,
    newest.event,
    newest.properties['library.name'] as library,
    newest.properties['library.version'] as version
from events as newest
join (
    select
        source,
        countIf(received_at >= {hour:DateTime64(3, 'UTC')}) as last_hour,
        count() as total,
        max(received_at) as last_at
    from events
    where workspace_id = {workspace_id:UInt32} and import_id = 0 and at >= {since:DateTime64(3, 'UTC')}
    group by source
) as counts on counts.source = newest.source and counts.last_at = newest.received_at
where newest.workspace_id = {workspace_id:UInt32}
  and newest.import_id = 0
  and newest.at >= {since:DateTime64(3, 'UTC')}
order by newest.source, newest.sequence desc
limit 1 by newest.source
