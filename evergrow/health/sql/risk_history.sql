-- What the models in force said of an account day by day; the one that scored last on a day counts.
select day, model, chance, low, high
from risk_scores
where workspace_id = {workspace_id:UInt32}
  and target = {target:String}
  and account = {account:UInt32}
  and day >= {since:Date}
order by day, computed_at desc
limit 1 by day
