-- Those events leave; copies of them wait.
delete from events
where workspace_id = {workspace_id:UInt32} and day != toDate(at, {zone:String})
