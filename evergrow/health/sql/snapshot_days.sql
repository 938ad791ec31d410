-- The days that have snapshots.
select distinct day from health_snapshots where workspace_id = {workspace_id:UInt32} order by day
