-- The newest captured events received since `since`; `oldest` and `first_day` bound how late an event may be.
select
    received_at,
    at,
    original_at,
    event,
    day,
    source,
    distinct_id,
    person,
    account,
    properties,
    message_id,
    sequence
from events
where workspace_id = {workspace_id:UInt32}
  and day >= {first_day:Date}
  and at >= {oldest:DateTime64(3, 'UTC')}
  and received_at >= {since:DateTime64(3, 'UTC')}
  and import_id = 0
  and ({event:String} = '' or event = {event:String})
  and ({source:String} = '' or source = {source:String})
  and (
      {type:String} = ''
      or ({type:String} = 'track' and not startsWith(event, '$'))
      or event = concat('$', {type:String})
  )
  and (
      {who:String} = ''
      or distinct_id = {who:String}
      or person in {people:Array(UInt32)}
      or account in {firms:Array(UInt32)}
  )
  and (
      {text:String} = ''
      or arrayExists(value -> positionCaseInsensitiveUTF8(value, {text:String}) > 0, mapValues(properties))
  )
  and ({all:Bool} or account in {accounts:Array(UInt32)})
order by received_at desc, sequence desc
limit {shown:UInt16}
