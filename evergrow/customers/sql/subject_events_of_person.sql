-- Everything this person did, with those who were merged into them; {kind} is not used.
select toUnixTimestamp64Milli(at), sequence, day, event, properties
from events
where workspace_id = {workspace:UInt32} and ({all:UInt8} or event in {events:Array(String)}) and {kind:String} = 'person'
    and person in (
        select arrayJoin(arrayConcat([{number:UInt32}], groupArray(from_person)))
        from (
            select from_person, argMax(to_person, version) as to_person
            from person_overrides
            where workspace_id = {workspace:UInt32}
            group by from_person
        )
        where to_person = {number:UInt32} and from_person != to_person
    )
