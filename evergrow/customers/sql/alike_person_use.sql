-- How often each person did an event since a day, people under the numbers they have now.
select
    if(o.to_person is null, e.person, o.to_person) as subject,
    sum(e.times) as times
from (
    select person, count() as times
    from events
    where workspace_id = {workspace_id:UInt32} and event = {event:String} and day >= {since:Date} and person != 0
    group by person
) as e
left join (
    select from_person, argMax(to_person, version) as to_person
    from person_overrides
    where workspace_id = {workspace_id:UInt32}
    group by from_person
) as o on e.person = o.from_person
group by subject
