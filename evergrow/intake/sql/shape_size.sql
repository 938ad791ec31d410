-- How many captured events lie on these days.
select count()
from events
where workspace_id = {workspace_id:UInt32}
  and day in {days:Array(Date)}
  and import_id = 0
