-- One stored event by its place in the table.
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
  and event = {event:String}
  and day = {day:Date}
  and person = {person:UInt32}
  and message_id = {message_id:String}
limit 1
