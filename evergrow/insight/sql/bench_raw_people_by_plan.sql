-- The yardstick of “evergrow bench insight”: different people by day and plan, merged ones as one.
select toDate(timestamp) as day, JSONExtractString(properties, 'plan') as plan, count(distinct if(notEmpty(o.distinct_id), o.person_id, e.person_id)) as value
from bench_raw_events as e
left join (
    select distinct_id, argMax(person_id, version) as person_id
    from bench_raw_overrides
    where team_id = {workspace:UInt32}
    group by distinct_id
) as o on e.distinct_id = o.distinct_id
where team_id = {workspace:UInt32} and toDate(timestamp) between {first:Date} and {last:Date} and event = {event:String}
group by day, plan
