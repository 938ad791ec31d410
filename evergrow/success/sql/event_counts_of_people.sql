-- As event_counts, by person; merged ones as who they are now.
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
select transform(person, merges.1, merges.2, person) as subject,
    countIf(day >= {middle:Date}) as now, countIf(day < {middle:Date}) as before
from events
where workspace_id = {workspace_id:UInt32} and person > 0 and ({event:String} = '*' or event = {event:String})
    and day >= {since:Date} and day < {until:Date}
group by subject
having before > 0
order by subject
