-- How often each event (or only `event`) went against the plan since `since`, by day, property, kind and act.
select event, day, property, kind, act, sum(count) as times
from plan_violations
where workspace_id = {workspace_id:UInt32}
  and ({event:String} = '' or event = {event:String})
  and day >= {since:Date}
group by event, day, property, kind, act
order by event, day, property, kind
limit {most:UInt32}
