-- Every trait with how many have it, how many values there are (estimated above some thousands), one of them, and what
-- most of them read as.
select trait, count() as filled, uniq(text) as different, leftUTF8(min(text), 80) as sample, topK(1)(type)[1] as usual
from traits final
where workspace_id = {workspace:UInt32} and kind = {kind:String}
group by trait
