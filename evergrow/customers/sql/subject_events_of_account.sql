-- Everything that happened at these accounts; only some events, unless {all}.
select account as subject, toUnixTimestamp64Milli(at), sequence, day, event, properties
from events
where workspace_id = {workspace:UInt32} and ({all:UInt8} or event in {events:Array(String)})
    and account in {numbers:Array(UInt32)}
