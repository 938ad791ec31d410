-- The sets of a property on these days, from the events.
insert into property_people
select
    workspace_id,
    event,
    {property:String} as property,
    day,
    if(mapContains(properties, property), concat('=', properties[property]), '-') as code,
    groupBitmapStateIf(person, person != 0) as people,
    groupBitmapStateIf(account, account != 0) as accounts,
    count() as count
from events
where workspace_id = {workspace_id:UInt32} and event = {event:String} and day in {days:Array(Date)}
group by workspace_id, event, day, code
