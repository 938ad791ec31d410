-- Which sources spoke of each trait.
select trait, source, sum(said) as times, max(last_at) as latest
from trait_sources
where workspace_id = {workspace:UInt32} and kind = {kind:String}
group by trait, source
order by trait, times desc, source
