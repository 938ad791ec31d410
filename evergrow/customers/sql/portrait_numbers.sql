-- Traits that read as numbers, days or moments, by group: count, mean, variance, median. Days and moments as their age
-- in days on :today.
with /*mine*/ as mine, /*theirs*/ as theirs
select trait, any(type) as type, is_mine, count() as n, avg(value) as mean, varSamp(value) as variance, quantileExact(0.5)(value) as median
from (
    select
        trait,
        type,
        bitmapContains(mine, subject) as is_mine,
        multiIf(
            type = 'date', {portrait_today:Float64} - assumeNotNull(number),
            type = 'moment', {portrait_today:Float64} - assumeNotNull(number) / 86400,
            assumeNotNull(number)
        ) as value
    from traits final
    where workspace_id = {portrait_workspace:UInt32} and kind = {portrait_kind:String}
        and type in ('number', 'date', 'moment') and number is not null
        and trait not in {portrait_skipped:Array(String)}
        and (bitmapContains(mine, subject) or bitmapContains(theirs, subject))
)
group by trait, is_mine
