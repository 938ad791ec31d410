-- Which share of people is known at several accounts; rows that are not merged yet hardly change it.
select countIf(lowest != highest) / greatest(count(), 1)
from person_accounts
where workspace_id = {workspace:UInt32}
