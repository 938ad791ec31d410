insert into changes (workspace_id, changed_at, arrived)
values ({workspace_id:UInt32}, now64(6, 'UTC'), 0)
