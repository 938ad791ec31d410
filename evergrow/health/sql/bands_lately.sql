-- The bands of some accounts on their last :most evaluations up to a day, newest first.
select account, day, band
from (
    select account, day, band
    from health_snapshots
    where workspace_id = {workspace_id:UInt32}
      and day between {since:Date} and {until:Date}
      and account in (select arrayJoin({accounts:Array(UInt32)}))
    order by account, day desc, revision desc
    limit 1 by account, day
)
order by account, day desc
limit {most:UInt32} by account
