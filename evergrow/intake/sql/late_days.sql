-- The days with events of an id that are not where they belong: from each moment of `since` on to the person of `numbers`.
with (
    select (groupArray(from_person), groupArray(to_person))
    from (
        select from_person, argMax(to_person, version) as to_person
        from person_overrides
        where workspace_id = {workspace_id:UInt32}
        group by from_person
    )
    where from_person != to_person
) as merges
select distinct day
from events
where workspace_id = {workspace_id:UInt32}
    and distinct_id = {id:String}
    and transform(person, merges.1, merges.2, person) not in {others:Array(UInt32)}
    and transform(person, merges.1, merges.2, person) != {numbers:Array(UInt32)}[greatest(1, arrayCount(
        moment -> moment <= toUnixTimestamp64Milli(at) * 1000 + 999, {since:Array(Int64)}
    ))]
order by day
