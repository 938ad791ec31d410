-- The sets of these events on these days; keys are “event|day”.
delete from property_people
where workspace_id = {workspace_id:UInt32} and concat(event, '|', toString(day)) in {keys:Array(String)}
