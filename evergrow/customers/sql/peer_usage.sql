-- The median peer's events per week over some days. Peers without any event count as 0.
select arrayReduce(
    'medianExact',
    arrayConcat(groupArray(per_week), arrayWithConstant(greatest(0, toInt64({peers:UInt32}) - toInt64(count())), toFloat64(0)))
) as median
from (
    select account, sum(count) * 7 / (dateDiff('day', {first:Date}, {last:Date}) + 1) as per_week
    from account_day
    where workspace_id = {workspace_id:UInt32}
        and account in {accounts:Array(UInt32)}
        and day between {first:Date} and {last:Date}
    group by account
)
