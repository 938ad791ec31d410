-- Every account's value of one trait now: as text, as a number where it can be one, and what it reads as.
select subject, text, number, type
from traits final
where workspace_id = {workspace_id:UInt32} and kind = 'account' and trait = {trait:String}
