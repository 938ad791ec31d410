-- Who did an event on some days: for each day, by its place from the first, how often, and then who. One thread, so that
-- the rows of a day follow each other.
select
    toUInt16(dateDiff('day', {first:Date}, day)) as place,
    arrayJoin(arrayConcat([toUInt32(events)], bitmapToArray(who))) as number
from (
    select day, sum(count) as events, groupBitmapMergeState(people) as who
    from activity
    where workspace_id = {workspace:UInt32} and event = {event:String} and day in {days:Array(Date)}
    group by day
)
settings max_threads = 1, output_format_arrow_compression_method = 'none'
