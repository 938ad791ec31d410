-- The latest events of a person, newest first, with the properties as text.
select at, event, account, properties, source
from events
where workspace_id = {workspace_id:UInt32}
    and person in {people:Array(UInt32)}
    and at >= {since:DateTime64(3, 'UTC')}
order by at desc, sequence desc
limit {most:UInt32}
