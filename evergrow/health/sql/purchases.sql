-- What did each account buy, day by day? One row per account and day on which the event happened with an amount.
select account, toInt64(toDate32(day)) as days, sum(assumeNotNull(toFloat64OrNull(properties[{property:String}]))) as amount
from events
where workspace_id = {workspace_id:UInt32} and event = {event:String} and account > 0 and day <= {today:Date32}
    and ifNull(toFloat64OrNull(properties[{property:String}]), 0) > 0
group by account, day
