-- The newest revision of each account's latest snapshot from the days :since to :until.
select
    account, day, revision, version, overall, coverage, band, groups, observed, points, weights, reasons, ages,
    raw, exceptions, met, holds, override_effect, children_effect
from health_snapshots
where workspace_id = {workspace_id:UInt32}
  and (account, day) in (
    select account, max(day)
    from health_snapshots
    where workspace_id = {workspace_id:UInt32}
      and day between {since:Date} and {until:Date}
      and (empty({accounts:Array(UInt32)}) or account in (select arrayJoin({accounts:Array(UInt32)})))
    group by account
  )
order by account, revision desc
limit 1 by account
