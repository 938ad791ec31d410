-- Everything these people did, with those who were merged into them; only some events, unless {all}.
with (
    select (groupArray(from_person), groupArray(to_person))
    from (
        select from_person, argMax(to_person, version) as to_person
        from person_overrides
        where workspace_id = {workspace:UInt32}
        group by from_person
    )
    where from_person != to_person and to_person in {numbers:Array(UInt32)}
) as merges
select transform(person, merges.1, merges.2, person) as subject, toUnixTimestamp64Milli(at), sequence, day, event, properties
from events
where workspace_id = {workspace:UInt32} and ({all:UInt8} or event in {events:Array(String)})
    and has(arrayConcat({numbers:Array(UInt32)}, merges.1), person)
