-- The newest captured events, with the person they belong to today.
select
    received_at,
    at,
    event,
    source,
    distinct_id,
    coalesce(overrides.to_person, person) as who,
    account,
    properties
from events
left join (
    select from_person, argMax(to_person, version) as to_person
    from person_overrides
    where workspace_id = {workspace_id:UInt32}
    group by from_person
) as overrides on overrides.from_person = events.person
where workspace_id = {workspace_id:UInt32}
  and import_id = 0
  and at >= {since:DateTime64(3, 'UTC')}
  and ({all:Bool} or account in {accounts:Array(UInt32)})
order by received_at desc, sequence desc
limit {shown:UInt16}
