-- When people did some events on some days; `which` is the place of the event among those asked for, from 1.
select toUInt8(indexOf({events:Array(String)}, event)) as which, person, toUnixTimestamp64Milli(at) as at
from events
where workspace_id = {workspace:UInt32}
    and event in {events:Array(String)}
    and day between {first:Date} and {last:Date}
settings output_format_arrow_compression_method = 'none'
