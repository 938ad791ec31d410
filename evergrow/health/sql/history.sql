-- One account's score day by day, newest revision of each.
select day, version, overall, coverage, band
from health_snapshots
where workspace_id = {workspace_id:UInt32} and account = {account:UInt32} and day >= {since:Date}
order by day, revision desc
limit 1 by day
