-- What traits does this person or account have?
select trait, text, number, type
from traits final
where workspace_id = {workspace:UInt32} and kind = {kind:String} and subject = {number:UInt32}
