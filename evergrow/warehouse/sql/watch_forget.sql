-- All sets of a property go.
alter table property_people delete
where workspace_id = {workspace_id:UInt32} and event = {event:String} and property = {property:String}
settings mutations_sync = 2
