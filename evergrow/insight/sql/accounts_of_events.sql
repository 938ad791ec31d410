-- On which days some people did an event, and at which accounts.
select distinct person, account, toUInt16(dateDiff('day', {first:Date}, day)) as place
from events
where workspace_id = {workspace:UInt32}
    and event = {event:String}
    and day between {first:Date} and {last:Date}
    and person in (
        select person
        from person_accounts
        where workspace_id = {workspace:UInt32}
        group by person
        having min(lowest) != max(highest)
    )
