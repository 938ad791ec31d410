-- Write down the events of an account that was merged.
insert into account_moves
select workspace_id, {merge:UInt64}, message_id, event, day
from events
where workspace_id = {workspace_id:UInt32} and account = {merged:UInt32}
