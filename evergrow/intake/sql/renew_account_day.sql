-- The counts of these events on these days again, from the events that are left; keys are “event|day”.
insert into account_day
select
    workspace_id,
    account,
    day,
    event,
    count() as count,
    groupBitmapStateIf(person, person != 0) as people
from events
where workspace_id = {workspace_id:UInt32} and account != 0 and concat(event, '|', toString(day)) in {keys:Array(String)}
group by workspace_id, account, day, event
