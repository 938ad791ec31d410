-- Written anew without the person's rows, not only marked: a mutation, waited for.
alter table events delete
where workspace_id = {workspace_id:UInt32} and person in {numbers:Array(UInt32)}
settings mutations_sync = 2
