-- Mark as deleted the values of one trait, of these subjects or of all, that were not written under {version}.
insert into traits
select workspace_id, kind, trait, subject, '', null, type, source, {version:UInt64} - 1, 1
from traits
where workspace_id = {workspace:UInt32} and kind = {kind:String} and trait = {trait:String} and is_deleted = 0
    and version < {version:UInt64} - 1
    and ({all:UInt8} or subject in {numbers:Array(UInt32)})
