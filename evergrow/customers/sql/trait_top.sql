-- The most frequent values of one trait, and how many have any.
select leftUTF8(text, 80) as value, count() as times, sum(times) over () as total
from traits final
where workspace_id = {workspace:UInt32} and kind = {kind:String} and trait = {trait:String}
group by value
order by times desc, value
limit {most:UInt32}
