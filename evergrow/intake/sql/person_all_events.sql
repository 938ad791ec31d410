-- Everything that a person did, oldest first, in parts.
select at, event, account, distinct_id, message_id, properties, source, received_at
from events
where workspace_id = {workspace_id:UInt32} and person in {numbers:Array(UInt32)}
order by at, sequence
limit {most:UInt32} offset {skip:UInt32}
