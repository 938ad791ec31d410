-- The rollup of these days again, from the events that are left.
insert into account_day
select
    workspace_id,
    account,
    day,
    event,
    count() as count,
    groupBitmapStateIf(person, person != 0) as people
from events
where workspace_id = {workspace_id:UInt32} and account != 0 and day between {first:Date} and {last:Date}
group by workspace_id, account, day, event
