-- The newest events of a person (all numbers that mean them) at or after `since`, older than a place where there is one.
select at, sequence, event, account, person, source, distinct_id, message_id, properties
from events
where workspace_id = {workspace_id:UInt32}
    and person in {people:Array(UInt32)}
    and day >= {first_day:Date}
    and at >= {since:DateTime64(3, 'UTC')}
    and at < {until:DateTime64(3, 'UTC')}
    and (not {has_place:Bool} or (at, sequence, message_id) < ({place_at:DateTime64(3, 'UTC')}, {place_sequence:UInt64}, {place:String}))
    and ({event:String} = '' or event = {event:String})
    and ({source:String} = '' or source = {source:String})
    and (
        {text:String} = ''
        or arrayExists(value -> positionCaseInsensitiveUTF8(value, {text:String}) > 0, mapValues(properties))
        or arrayExists(name -> positionCaseInsensitiveUTF8(name, {text:String}) > 0, mapKeys(properties))
    )
    and ({all:Bool} or account = 0 or account in {accounts:Array(UInt32)})
order by at desc, sequence desc, message_id desc
limit {most:UInt32}
