-- Which numbers of people mean another one now, in the order of the old numbers.
select from_person, argMax(to_person, version) as now_person
from person_overrides
where workspace_id = {workspace_id:UInt32}
group by from_person
having now_person != from_person
order by from_person
