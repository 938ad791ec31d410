delete from seen_messages where workspace_id = {workspace_id:UInt32} and import_id = {import_id:UInt64}
