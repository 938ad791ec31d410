-- Every event of the workspace, and the day an account last did it (1970-01-01: never).
select event, max(last_done) as last_day
from (
    select event, toDate(0) as last_done
    from activity
    where workspace_id = {workspace_id:UInt32}
    group by event
    union all
    select event, max(day) as last_done
    from account_day
    where workspace_id = {workspace_id:UInt32} and account = {account:UInt32} and day <= {last:Date}
    group by event
)
group by event
order by event
