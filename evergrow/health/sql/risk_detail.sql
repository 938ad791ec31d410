-- Why a model said what it said of an account on a day.
select base, effects, observed
from risk_scores
where workspace_id = {workspace_id:UInt32}
  and target = {target:String}
  and account = {account:UInt32}
  and day = {day:Date}
  and model = {model:UInt32}
order by computed_at desc
limit 1
