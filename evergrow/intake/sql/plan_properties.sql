-- The properties of an event (or of all, `event` empty): how often, in how many events, first and last day, what kinds, a value.
select
    property,
    sum(count) as times,
    uniqExact(seen.event) as events,
    min(day) as first_day,
    max(day) as last_day,
    groupBitOr(kinds) as kinds,
    any(sent_kinds) as sent_kinds,
    any(sample) as sample
from (
    select property, event, day, sum(count) as count, groupBitOr(kinds) as kinds, anyLast(sample) as sample
    from property_days
    where workspace_id = {workspace_id:UInt32}
      and ({event:String} = '' or event = {event:String})
      and day >= {since:Date}
    group by property, event, day
) as seen
left join (
    select property, groupBitOr(kinds) as sent_kinds
    from property_kinds
    where workspace_id = {workspace_id:UInt32}
      and ({event:String} = '' or event = {event:String})
      and day >= {since:Date}
    group by property
) as sent using property
group by property
order by times desc, property
limit {most:UInt32}
