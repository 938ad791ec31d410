-- Events {first} … again in the raw layout.
insert into bench_raw_events (uuid, event, properties, timestamp, team_id, distinct_id, person_id, account, _timestamp)
select
    generateUUIDv4(), event, toJSONString(properties), at, workspace_id, distinct_id,
    reinterpretAsUUID(sipHash128(person)), concat('a', toString(account)), now()
from events
where workspace_id = {workspace:UInt32} and sequence >= {first:UInt64} and sequence < {first:UInt64} + {count:UInt64}
