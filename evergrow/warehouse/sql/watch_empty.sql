-- The sets of a property on these days go.
delete from property_people
where workspace_id = {workspace_id:UInt32} and event = {event:String} and property = {property:String}
    and day in {days:Array(Date)}
