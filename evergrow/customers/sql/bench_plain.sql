-- What one writes by hand for the first question of the bench: people of two plans who did event_0 in the last 30 days.
select count()
from (
    select subject
    from traits final
    where workspace_id = {workspace:UInt32} and kind = 'person' and trait = 'plan' and text in ('Pro', 'Business')
) as those
inner join (
    select person as subject, countIf(event = 'event_0' and day > {today:Date} - 30) as times
    from events
    where workspace_id = {workspace:UInt32}
    group by person
) as did using (subject)
where times > 0
