-- Mark as deleted what these subjects (or all) had and was not written under {version}. The mark lies just below it, so
-- that it loses against what was written. Computed traits go only with subjects that are no more.
insert into traits
select workspace_id, kind, trait, subject, '', null, type, source, {version:UInt64} - 1, 1
from traits
where workspace_id = {workspace:UInt32} and kind = {kind:String} and is_deleted = 0 and version < {version:UInt64} - 1
    and ({all:UInt8} or subject in {numbers:Array(UInt32)})
    and (
        source = 'row'
        or subject not in (
            select subject
            from traits
            where workspace_id = {workspace:UInt32} and kind = {kind:String} and trait = 'created_at'
                and version >= {version:UInt64}
                and ({all:UInt8} or subject in {numbers:Array(UInt32)})
        )
    )
