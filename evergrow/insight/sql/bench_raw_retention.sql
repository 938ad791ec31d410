-- The yardstick of “evergrow bench insight”: of those who started in a week, how many were back so many weeks later.
with weeks as (
    select if(notEmpty(o.distinct_id), o.person_id, e.person_id) as person, e.event as event, toMonday(toDate(timestamp)) as week
    from bench_raw_events as e
left join (
    select distinct_id, argMax(person_id, version) as person_id
    from bench_raw_overrides
    where team_id = {workspace:UInt32}
    group by distinct_id
) as o on e.distinct_id = o.distinct_id
    where team_id = {workspace:UInt32} and toDate(timestamp) between {first:Date} and {last:Date} and event in ({start:String}, {back:String})
    group by person, event, week
),
starts as (
    select person, min(week) as cohort
    from weeks
    where event = {start:String}
    group by person
)
select cohort, dateDiff('week', cohort, week) as later, count(distinct person) as people
from starts
join (select person, week from weeks where event = {back:String}) as backs using (person)
where week >= cohort
group by cohort, later
order by cohort, later
