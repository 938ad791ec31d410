-- Whose events happened on which day since a moment; imported history is no news.
select distinct account, person, toInt64(toDate32(day)) as day
from events
where workspace_id = {workspace:UInt32} and day >= {first_day:Date} and at >= {since:DateTime64(3)} and import_id = 0
    /* matches */
