-- The values of a trait that is a number.
select subject, number
from traits final
where workspace_id = {workspace_id:UInt32} and kind = {kind:String} and trait = {trait:String} and isNotNull(number)
