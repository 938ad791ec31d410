-- The events whose day is another one in the workspace's zone, with that day.
-- (Without the inner query the new day would go by the name of the old one in the condition too.)
insert into events_on_the_move
select * replace (toDate(at, {zone:String}) as day)
from (
    select *
    from events
    where workspace_id = {workspace_id:UInt32} and day != toDate(at, {zone:String})
)
