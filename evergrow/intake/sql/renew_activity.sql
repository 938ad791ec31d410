-- The counts of these events on these days again, from the events that are left; keys are “event|day”.
insert into activity
select
    workspace_id,
    event,
    day,
    groupBitmapStateIf(person, person != 0) as people,
    groupBitmapStateIf(account, account != 0) as accounts,
    count() as count
from events
where workspace_id = {workspace_id:UInt32} and concat(event, '|', toString(day)) in {keys:Array(String)}
group by workspace_id, event, day
