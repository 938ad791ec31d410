-- When each account was last in use, and in how many of the four weeks up to then.
-- One row per account with an event since :gone; today itself counts as use.
with last as (
    select account, max(day) as last_day
    from account_day
    where workspace_id = {workspace_id:UInt32} and day between {gone:Date} and {today:Date}
    group by account
)
select
    account,
    dateDiff('day', any(last_day), {today:Date}) as days,
    uniqExact(intDiv(dateDiff('day', day, last_day), 7)) as weeks
from account_day
inner join last using (account)
where workspace_id = {workspace_id:UInt32} and day > last_day - 28 and day <= last_day
group by account
order by account
