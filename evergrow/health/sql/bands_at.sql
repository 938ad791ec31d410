-- Score and band of each account in its latest snapshot from the days :since to :until.
select account, day, version, overall, coverage, band
from health_snapshots
where workspace_id = {workspace_id:UInt32} and day between {since:Date} and {until:Date}
order by account, day desc, revision desc
limit 1 by account
