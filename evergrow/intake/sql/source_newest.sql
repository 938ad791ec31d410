-- The newest events of a source.
select
    received_at,
    event,
    distinct_id,
    properties['library.name'] as library,
    properties['library.version'] as version,
    account
from events
where workspace_id = {workspace_id:UInt32}
  and import_id = 0
  and source = {source:String}
  and at >= {since:DateTime64(3, 'UTC')}
  and received_at >= {made:DateTime64(3, 'UTC')}
order by received_at desc, sequence desc
limit {shown:UInt16}
