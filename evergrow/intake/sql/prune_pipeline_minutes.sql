-- Forget the counts by the minute from before `since`.
delete from pipeline_minutes
where workspace_id = {workspace_id:UInt32}
  and minute < {since:DateTime64(3, 'UTC')}
