alter table person_accounts delete
where workspace_id = {workspace_id:UInt32} and person in {numbers:Array(UInt32)}
settings mutations_sync = 2
