-- The traits that tell subjects apart: those with a number, or with a few words that many share.
select
    trait,
    anyLast(type) as reads_as,
    count() as filled,
    uniqUpTo(20)(text) as values
from traits final
where workspace_id = {workspace_id:UInt32} and kind = {kind:String} and type in ('number', 'text', 'truth')
group by trait
having (reads_as = 'number' and values > 1) or values between 2 and {most_values:UInt32}
order by trait
