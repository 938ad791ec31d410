-- The yardstick of “evergrow bench insight”: people by week as new, returning, resurrecting or dormant.
with active as (
    select if(notEmpty(o.distinct_id), o.person_id, e.person_id) as person,
        arraySort(groupUniqArray(toMonday(toDate(timestamp)))) as weeks
    from bench_raw_events as e
left join (
    select distinct_id, argMax(person_id, version) as person_id
    from bench_raw_overrides
    where team_id = {workspace:UInt32}
    group by distinct_id
) as o on e.distinct_id = o.distinct_id
    where team_id = {workspace:UInt32} and toDate(timestamp) <= {last:Date} and event = {event:String}
    group by person
),
states as (
    select person,
        arrayJoin(arrayConcat(
            arrayMap((week, place) -> (
                week,
                multiIf(place = 1, 'new', weeks[place - 1] = week - 7, 'returning', 'resurrecting')
            ), weeks, arrayEnumerate(weeks)),
            arrayMap(week -> (week + 7, 'dormant'), arrayFilter(week -> not has(weeks, week + 7), weeks))
        )) as found
    from active
)
select found.1 as week, found.2 as state, count() as people
from states
where week between toMonday({first:Date}) and {last:Date}
group by week, state
order by week, state
