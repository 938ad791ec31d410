-- Every event of the workspace: its first and last day, how often ever, since `since`, and on each of those days.
select
    event,
    min(day) as first_day,
    max(day) as last_day,
    sum(count) as ever,
    sumIf(count, day >= {since:Date}) as lately,
    groupArrayIf((day, count), day >= {since:Date}) as days
from (
    select event, day, sum(count) as count
    from activity
    where workspace_id = {workspace_id:UInt32}
    group by event, day
)
group by event
