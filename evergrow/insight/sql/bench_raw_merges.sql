-- The merged people of the benchmark, in the raw layout.
insert into bench_raw_overrides (team_id, distinct_id, person_id, version)
select workspace_id, concat('d', toString(from_person)), reinterpretAsUUID(sipHash128(to_person)), version
from person_overrides
where workspace_id = {workspace:UInt32}
