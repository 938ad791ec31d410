-- Of the given accounts' snapshots of a day under one scorecard version: how many have each measure, and how many are
-- there. One array, in the card's order.
select sumForEach(arrayMap(value -> toUInt32(not isNaN(value)), points)) as observed, count() as accounts
from (
    select account, points
    from health_snapshots
    where workspace_id = {workspace_id:UInt32}
      and day = {day:Date}
      and version = {version:UInt32}
      and account in (select arrayJoin({accounts:Array(UInt32)}))
    order by account, revision desc
    limit 1 by account
)
