-- The highest number of a person with events.
select max(person) from person_accounts where workspace_id = {workspace:UInt32}
