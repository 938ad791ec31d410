-- How many events stand under these numbers of people, and when the first and the last of them were.
select person, count() as events, min(at) as first, max(at) as last
from events
where workspace_id = {workspace_id:UInt32} and person in {people:Array(UInt32)}
group by person
