-- Every event of the workspace, and the day an account last did it (1970-01-01: never).
select event, maxIf(day, account = {account:UInt32}) as last_day
from (
    select event, 0 as account, toDate(0) as day from activity where workspace_id = {workspace_id:UInt32} group by event
    union all
    select event, account, max(day) as day
    from account_day
    where workspace_id = {workspace_id:UInt32} and account = {account:UInt32} and day <= {last:Date}
    group by event, account
)
group by event
order by event
