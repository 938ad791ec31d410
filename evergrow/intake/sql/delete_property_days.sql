delete from property_days
where workspace_id = {workspace_id:UInt32} and day between {first:Date} and {last:Date}
