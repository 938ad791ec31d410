-- The rollup of these days again, from the events that are left.
insert into activity
select
    workspace_id,
    event,
    day,
    groupBitmapStateIf(person, person != 0) as people,
    groupBitmapStateIf(account, account != 0) as accounts,
    count() as count
from events
where workspace_id = {workspace_id:UInt32} and day between {first:Date} and {last:Date}
group by workspace_id, event, day
