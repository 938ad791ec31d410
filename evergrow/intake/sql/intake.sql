-- How many captured events came in since `hour`, from how many sources, and when the newest of the week came.
select
    countIf(received_at >= {hour:DateTime64(3, 'UTC')}) as last_hour,
    uniqExactIf(source, received_at >= {hour:DateTime64(3, 'UTC')}) as sources,
    maxOrNull(received_at) as last_at
from events
where workspace_id = {workspace_id:UInt32}
  and import_id = 0
  and at >= {since:DateTime64(3, 'UTC')}
