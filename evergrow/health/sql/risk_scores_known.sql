-- Each account's latest health score of some days, of those that had been computed before a moment.
select account, overall
from health_snapshots
where workspace_id = {workspace_id:UInt32}
  and day between {since:Date} and {until:Date}
  and computed_at < {known_before:DateTime64(3, 'UTC')}
order by account, day desc, revision desc
limit 1 by account
