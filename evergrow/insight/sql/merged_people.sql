-- Who turned out to be somebody else.
select from_person as before, argMax(to_person, version) as now
from person_overrides
where workspace_id = {workspace:UInt32}
group by from_person
having before != now
order by before
