-- So that a change of zone that was broken off does not put them back.
delete from events_on_the_move where workspace_id = {workspace_id:UInt32} and import_id = {import_id:UInt64}
