-- The yardstick of “evergrow bench insight”: how many people got how far through three steps within a window.
select step, count() as people
from (
    select if(notEmpty(o.distinct_id), o.person_id, e.person_id) as person,
        windowFunnel({window:UInt64})(toDateTime(timestamp),
            event = {one:String}, event = {two:String}, event = {three:String}) as step
    from bench_raw_events as e
left join (
    select distinct_id, argMax(person_id, version) as person_id
    from bench_raw_overrides
    where team_id = {workspace:UInt32}
    group by distinct_id
) as o on e.distinct_id = o.distinct_id
    where team_id = {workspace:UInt32} and toDate(timestamp) between {first:Date} and {last:Date} and event in ({one:String}, {two:String}, {three:String})
    group by person
)
group by step
order by step
