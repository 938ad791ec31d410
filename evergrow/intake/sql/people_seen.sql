-- When the people of an import did something, first and last, in all events but those of the import left out.
select
    person,
    countIf(import_id != {left_out:UInt64}) as events,
    minIf(at, import_id != {left_out:UInt64}) as first_seen,
    maxIf(at, import_id != {left_out:UInt64}) as last_seen
from events
where workspace_id = {workspace_id:UInt32}
  and person in (
      select person from events
      where workspace_id = {workspace_id:UInt32} and import_id = {import_id:UInt64} and person != 0
  )
group by person
