-- What was computed for one subject: by traits, and by other rooms.
select trait, text, number, type, source
from traits final
where workspace_id = {workspace:UInt32} and kind = {kind:String} and subject = {subject:UInt32} and trait in {traits:Array(String)} and source != 'row'
order by trait
