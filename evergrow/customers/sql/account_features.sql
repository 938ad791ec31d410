-- Which events did an account do in the last days and in as many days before, and the median of its peers in the
-- last ones? Counts, per event; peers that did not do the event count as 0. `last_day` is 1970-01-01 for never.
select
    event,
    sum(mine) as now,
    sum(mine_before) as before,
    max(mine_last) as last_day,
    arrayReduce(
        'medianExact',
        arrayConcat(
            groupArrayIf(recent, is_peer),
            arrayWithConstant(greatest(0, toInt64({peers:UInt32}) - toInt64(countIf(is_peer))), toUInt64(0))
        )
    ) as median
from (
    select
        event,
        account in {accounts:Array(UInt32)} as is_peer,
        sumIf(count, day >= {first:Date}) as recent,
        if(account = {account:UInt32}, recent, 0) as mine,
        if(account = {account:UInt32}, sumIf(count, day < {first:Date}), 0) as mine_before,
        if(account = {account:UInt32}, max(day), toDate(0)) as mine_last
    from account_day
    where workspace_id = {workspace_id:UInt32}
        and (account in {accounts:Array(UInt32)} or account = {account:UInt32})
        and day between {before:Date} and {last:Date}
    group by event, account
)
group by event
order by event
