-- What people (or accounts) did most since a day: the events that a likeness compares.
select event
from activity
where workspace_id = {workspace_id:UInt32} and day >= {since:Date}
group by event
order by sum(count) desc, event
limit {most:UInt32}
