-- What was said of one trait of a subject, newest first.
select at, source, by, text, number, is_gone
from trait_history final
where workspace_id = {workspace:UInt32} and kind = {kind:String} and subject in {subjects:Array(UInt32)} and trait = {trait:String}
order by at desc, source, tie
limit {most:UInt32}
