-- The values of a trait that is a word.
select subject, text
from traits final
where workspace_id = {workspace_id:UInt32} and kind = {kind:String} and trait = {trait:String}
