-- Whom these people were joined with, where they were.
select from_person, argMax(to_person, version) as to_person
from person_overrides
where workspace_id = {workspace_id:UInt32}
  and from_person in {people:Array(UInt32)}
group by from_person
