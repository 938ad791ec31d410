-- The counts of these events on these days; keys are “event|day”.
delete from account_day
where workspace_id = {workspace_id:UInt32} and concat(event, '|', toString(day)) in {keys:Array(String)}
