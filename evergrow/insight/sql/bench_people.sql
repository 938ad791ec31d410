-- The yardstick of “evergrow bench trend” for unique people: plain SQL over raw events.
select intDiv(dateDiff('day', {anchor:Date}, day), {width:UInt16}) as bucket, uniqExactIf(if(to_person != 0, to_person, person), person != 0) as value
from events
left join (select from_person, to_person from person_overrides final where workspace_id = {workspace:UInt32}) as merged
    on events.person = merged.from_person
where workspace_id = {workspace:UInt32} and day between {first:Date} and {last:Date}
    and ({event:String} = '' or event = {event:String})
group by bucket
