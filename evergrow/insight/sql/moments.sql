-- When people did an event on some days.
select person, toUnixTimestamp64Milli(at) as at
from events
where workspace_id = {workspace:UInt32} and event = {event:String} and day between {first:Date} and {last:Date}
settings output_format_arrow_compression_method = 'none'
