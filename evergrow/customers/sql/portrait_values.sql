-- The values of traits that read as words, by group: how many of each group have each value.
with /*mine*/ as mine, /*theirs*/ as theirs
select
    trait,
    text,
    countIf(bitmapContains(mine, subject)) as hits,
    countIf(bitmapContains(theirs, subject)) as other_hits
from traits final
where workspace_id = {portrait_workspace:UInt32} and kind = {portrait_kind:String} and type in ('text', 'truth') and text != ''
    and trait not in {portrait_skipped:Array(String)}
group by trait, text
having hits + other_hits > 0
