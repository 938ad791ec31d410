-- Everybody's value of one trait.
select subject, text
from traits final
where workspace_id = {workspace:UInt32} and kind = {kind:String} and trait = {trait:String}
