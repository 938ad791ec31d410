-- How many message ids were counted, in all workspaces.
select count() from seen_messages
