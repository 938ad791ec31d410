-- A trait of everybody as it is now.
select subject, text, number
from traits final
where workspace_id = {workspace:UInt32} and kind = {kind:String} and trait = {trait:String}
order by subject
