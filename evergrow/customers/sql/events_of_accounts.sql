-- How many events accounts have, by the counts of days.
select account, sum(count)
from account_day
where workspace_id = {workspace_id:UInt32} and account in {accounts:Array(UInt32)}
group by account
