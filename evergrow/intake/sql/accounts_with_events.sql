-- Which of these accounts have events.
select distinct account
from events
where workspace_id = {workspace_id:UInt32} and account in {accounts:Array(UInt32)}
order by account
