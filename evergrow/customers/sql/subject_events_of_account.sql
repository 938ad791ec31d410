-- Everything that happened at this account; {kind} is not used.
select toUnixTimestamp64Milli(at), sequence, day, event, properties
from events
where workspace_id = {workspace:UInt32} and ({all:UInt8} or event in {events:Array(String)}) and account = {number:UInt32} and {kind:String} = 'account'
