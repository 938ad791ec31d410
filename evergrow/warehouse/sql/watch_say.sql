-- From now on the watch of a property says this.
insert into watched_properties
select
    {workspace_id:UInt32},
    {event:String},
    {property:String},
    {state:String},
    {since:Date},
    toUnixTimestamp64Micro(now64(6, 'UTC'))
