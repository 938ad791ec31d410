select toUnixTimestamp64Micro(max(rewritten_at)) from changes where workspace_id = {workspace_id:UInt32}
