-- The kept messages of an event's violations, the newest first.
select property, kind, act, detail, message, source, received_at
from plan_samples final
where workspace_id = {workspace_id:UInt32} and event = {event:String}
order by received_at desc, property, kind
limit {most:UInt16}
