-- The events that a merge gave to the account that was kept are the other one's again.
alter table events update account = {merged:UInt32}
where workspace_id = {workspace_id:UInt32} and account = {kept:UInt32} and message_id in (
    select message_id from account_moves where workspace_id = {workspace_id:UInt32} and merge = {merge:UInt64}
)
settings mutations_sync = 2
