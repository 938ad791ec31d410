-- Who is at which account today, by dense numbers.
select distinct person, account
from places final
where workspace_id = {workspace_id:UInt32} and started_on <= {today:Date32} and ended_on > {today:Date32}
