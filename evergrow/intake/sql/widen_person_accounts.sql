-- Who has events of these accounts may soon have some of another.
insert into person_accounts
select workspace_id, person, {account:UInt32} as lowest, {account:UInt32} as highest
from events
where workspace_id = {workspace_id:UInt32} and account = {of:UInt32} and person != 0
group by workspace_id, person
