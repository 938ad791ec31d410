-- What a person did on each day since `first_day`: how often each event.
select day, event, count() as events
from events
where workspace_id = {workspace_id:UInt32}
    and person in {people:Array(UInt32)}
    and day >= {first_day:Date}
    and at >= {since:DateTime64(3, 'UTC')}
    and ({all:Bool} or account = 0 or account in {accounts:Array(UInt32)})
group by day, event
order by day, event
