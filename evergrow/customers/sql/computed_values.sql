-- What was computed for one subject: by traits, and by other rooms. A value may stand here several times, until its rows
-- are merged; who asks takes the newest. To find it here takes as long again as to read.
select trait, version, is_deleted, text, number, type, source
from traits
where workspace_id = {workspace:UInt32} and kind = {kind:String} and subject = {subject:UInt32}
  and trait in {traits:Array(String)}
