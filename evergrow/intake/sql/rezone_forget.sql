delete from events_on_the_move where workspace_id = {workspace_id:UInt32}
