-- How many captured events came in since `hour`, from which sources (three of them), and when the newest came.
select
    countIf(received_at >= {hour:DateTime64(3, 'UTC')}) as last_hour,
    groupUniqArrayIf(3)(source, received_at >= {hour:DateTime64(3, 'UTC')}) as sources,
    maxOrNull(received_at) as last_at
from events
where workspace_id = {workspace_id:UInt32}
  and import_id = 0
  and at >= {since:DateTime64(3, 'UTC')}
