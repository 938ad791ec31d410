-- A person's events of some days, the newest first, with what a session is told by.
select
    at,
    sequence,
    event,
    source,
    account,
    message_id,
    mapFilter((name, value) -> name in {told:Array(String)}, properties) as told
from events
where workspace_id = {workspace_id:UInt32}
    and person in {people:Array(UInt32)}
    and day >= {first_day:Date}
    and at >= {since:DateTime64(3, 'UTC')}
    and at < {until:DateTime64(3, 'UTC')}
    and ({all:Bool} or account = 0 or account in {accounts:Array(UInt32)})
order by at desc, sequence desc, message_id desc
limit {most:UInt32}
