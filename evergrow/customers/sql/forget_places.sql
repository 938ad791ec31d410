-- Mark as deleted the places of these people (or of all) that were not written under {version}, just below it.
insert into places
select workspace_id, account, person, place, [], started_on, ended_on, {version:UInt64} - 1, 1
from places
where workspace_id = {workspace:UInt32} and is_deleted = 0 and version < {version:UInt64} - 1
    and ({all:UInt8} or person in {people:Array(UInt32)})
