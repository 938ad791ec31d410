-- A device that somebody else used before: their events stay, the id of the device goes.
alter table events update distinct_id = ''
where workspace_id = {workspace_id:UInt32} and distinct_id in {ids:Array(String)}
settings mutations_sync = 2
