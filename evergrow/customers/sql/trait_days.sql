-- A computed trait day by day.
select day, subjects, filled, mean
from trait_days final
where workspace_id = {workspace:UInt32} and kind = {kind:String} and trait = {trait:String} and day >= {since:Date}
order by day
