-- The yardstick of “evergrow bench trend” for unique accounts: plain SQL over raw events.
select intDiv(dateDiff('day', {anchor:Date}, day), {width:UInt16}) as bucket, uniqExactIf(account, account != 0) as value
from events
where workspace_id = {workspace:UInt32} and day between {first:Date} and {last:Date}
    and ({event:String} = '' or event = {event:String})
group by bucket
