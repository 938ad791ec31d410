-- At which accounts is this person, or which people are at this account: number, roles, from when, before when.
select {kind:String} = 'person' ? account : person, roles, started_on, ended_on
from places final
where workspace_id = {workspace:UInt32} and ({kind:String} = 'person' ? person : account) = {number:UInt32}
