-- Since when the sets of a property's values hold everything (null: not watched), and when it was last asked for (1970: never).
select
    (
        select if(argMax(state, version) = 'on', argMax(since, version), null)
        from watched_properties
        where workspace_id = {workspace_id:UInt32} and event = {event:String} and property = {property:String}
    ) as since,
    (
        select max(asked_on)
        from asked_properties
        where workspace_id = {workspace_id:UInt32} and event = {event:String} and property = {property:String}
    ) as asked_on
