-- How many events an import brought, and which days they touch.
select count() as events, min(day) as first, max(day) as last
from events
where workspace_id = {workspace_id:UInt32} and import_id = {import_id:UInt64}
