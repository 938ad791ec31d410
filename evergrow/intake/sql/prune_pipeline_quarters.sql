-- Forget the counts by the quarter of an hour from before `since`.
delete from pipeline_quarters
where workspace_id = {workspace_id:UInt32}
  and quarter < {since:DateTime64(3, 'UTC')}
