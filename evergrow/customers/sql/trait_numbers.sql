-- Everybody's value of one trait, as numbers.
select number
from traits final
where workspace_id = {workspace:UInt32} and kind = {kind:String} and trait = {trait:String} and isNotNull(number)
