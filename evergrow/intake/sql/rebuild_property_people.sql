-- The sets of watched properties on these days again, from the events that are left.
insert into property_people
select
    workspace_id,
    event,
    watched.property as property,
    day,
    if(mapContains(properties, property), concat('=', properties[property]), '-') as code,
    groupBitmapStateIf(person, person != 0) as people,
    groupBitmapStateIf(account, account != 0) as accounts,
    count() as count
from events
inner join (
    select workspace_id, event, property
    from watched_properties final
    where workspace_id = {workspace_id:UInt32} and state = 'on'
) as watched using (workspace_id, event)
where workspace_id = {workspace_id:UInt32} and day between {first:Date} and {last:Date}
    and event in (select event from watched_properties final where workspace_id = {workspace_id:UInt32} and state = 'on')
group by workspace_id, event, property, day, code
