-- When were people seen first and last, by the events received since {since}? Written where it moves what the mirror says.
insert into traits
with (
    select (groupArray(from_person), groupArray(to_person))
    from (
        select from_person, argMax(to_person, version) as to_person
        from person_overrides
        where workspace_id = {workspace:UInt32}
        group by from_person
    )
    where from_person != to_person
) as merges
select
    {workspace:UInt32},
    'person',
    trait,
    subject,
    formatDateTime(toDateTime(seconds, 'UTC'), '%Y-%m-%dT%H:%i:%SZ'),
    seconds,
    'moment',
    'row',
    {version:UInt64},
    0
from (
    select subject, pair.1 as trait, pair.2 as seconds
    from (
        select
            transform(person, merges.1, merges.2, person) as subject,
            arrayJoin([
                ('first_seen_at', toFloat64(toUnixTimestamp(min(at)))),
                ('last_seen_at', toFloat64(toUnixTimestamp(max(at))))
            ]) as pair
        from events
        where workspace_id = {workspace:UInt32} and received_at >= {since:DateTime64(3, 'UTC')} and person != 0
        group by subject
    )
) as fresh
left join (
    select subject, trait, number
    from traits final
    where workspace_id = {workspace:UInt32} and kind = 'person' and trait in ('first_seen_at', 'last_seen_at')
) as known using (subject, trait)
where (number is null or (trait = 'last_seen_at' ? seconds > number : seconds < number))
    and subject in (
        select subject
        from traits final
        where workspace_id = {workspace:UInt32} and kind = 'person' and trait = 'created_at'
    )
