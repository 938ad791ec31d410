-- The events of an account that was merged are those of the one that was kept.
alter table events update account = {kept:UInt32}
where workspace_id = {workspace_id:UInt32} and account = {merged:UInt32}
settings mutations_sync = 2
