-- How often was the product used at one account, per period of `length` days from `first` on, and by how many
-- different people? Periods without any event have no row.
select
    toUInt32(intDiv(dateDiff('day', {first:Date}, day), {length:UInt32})) as period,
    sum(count) as events,
    groupBitmapMerge(people) as people
from account_day
where workspace_id = {workspace_id:UInt32}
    and account = {account:UInt32}
    and day between {first:Date} and {last:Date}
group by period
