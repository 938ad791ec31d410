-- The score as of each of some days of some accounts: that of the latest snapshot up to the day, at most 62 days old.
-- `place` counts the pairs from 0; `version` is the scorecard's, 0 and NaN where there is no such snapshot.
with
    {accounts:Array(UInt32)} as asked_accounts,
    {days:Array(Date)} as asked_days
select asked.place as place, snapshot.version as version, if(snapshot.version = 0, nan, snapshot.overall) as score
from (
    select number as place, asked_accounts[number + 1] as account, asked_days[number + 1] as day
    from numbers(length(asked_accounts))
) as asked
asof left join (
    select account, day, argMax(version, revision) as version, argMax(overall, revision) as overall
    from health_snapshots
    where workspace_id = {workspace_id:UInt32}
        and day >= {since:Date}
        and account in (select arrayJoin({accounts:Array(UInt32)}))
    group by account, day
) as snapshot
on asked.account = snapshot.account and asked.day >= snapshot.day
where snapshot.version = 0 or asked.day - snapshot.day <= 62
