-- Every property of a workspace that was asked for or is watched; the newest day asked, and what the watch says.
select event, property, max(asked) as asked_on, argMax(told, said) as state, argMax(from_day, said) as since
from (
    select event, property, asked_on as asked, '' as told, toDate('2149-06-06') as from_day, toUInt64(0) as said
    from asked_properties
    where workspace_id = {workspace_id:UInt32}
    union all
    select event, property, toDate(0) as asked, state as told, since as from_day, version as said
    from watched_properties
    where workspace_id = {workspace_id:UInt32}
)
group by event, property
order by asked_on desc, event, property
