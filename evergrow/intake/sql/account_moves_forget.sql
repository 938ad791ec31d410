delete from account_moves where workspace_id = {workspace_id:UInt32} and merge in {merges:Array(UInt64)}
