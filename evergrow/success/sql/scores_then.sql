-- The score that each of these accounts had on its own day: the newest revision of the latest one of the week up to it.
select account, wanted.2 as asked, argMax(overall, (day, revision)) as score
from health_snapshots
inner join (
    select arrayJoin(arrayZip({accounts:Array(UInt32)}, {days:Array(Date)})) as wanted
) as pairs on health_snapshots.account = pairs.wanted.1
where workspace_id = {workspace_id:UInt32}
    and account in {accounts:Array(UInt32)}
    and day between {since:Date} and {until:Date}
    and day <= wanted.2
    and day > wanted.2 - 7
group by account, wanted
