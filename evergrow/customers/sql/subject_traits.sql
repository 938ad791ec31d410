-- What traits do these people or accounts have?
select subject, trait, text, number, type
from traits final
where workspace_id = {workspace:UInt32} and kind = {kind:String} and subject in {numbers:Array(UInt32)}
