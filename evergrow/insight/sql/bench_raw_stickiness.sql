-- The yardstick of “evergrow bench insight”: on how many days so many people did it.
select days, count() as people
from (
    select if(notEmpty(o.distinct_id), o.person_id, e.person_id) as person, count(distinct toDate(timestamp)) as days
    from bench_raw_events as e
left join (
    select distinct_id, argMax(person_id, version) as person_id
    from bench_raw_overrides
    where team_id = {workspace:UInt32}
    group by distinct_id
) as o on e.distinct_id = o.distinct_id
    where team_id = {workspace:UInt32} and toDate(timestamp) between {first:Date} and {last:Date} and event = {event:String}
    group by person
)
group by days
order by days
