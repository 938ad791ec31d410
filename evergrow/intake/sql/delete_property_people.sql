delete from property_people
where workspace_id = {workspace_id:UInt32} and day between {first:Date} and {last:Date}
