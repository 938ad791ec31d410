insert into changes (workspace_id, changed_at, arrived, rewritten_at)
values ({workspace_id:UInt32}, now64(6, 'UTC'), 0, if({rewritten:Bool}, now64(6, 'UTC'), toDateTime64(0, 6, 'UTC')))
