-- The events by name and day that a merge moved, and how many.
select event, day, uniqExact(message_id)
from account_moves
where workspace_id = {workspace_id:UInt32} and merge = {merge:UInt64}
group by event, day
order by event, day
