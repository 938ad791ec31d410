-- Those events leave; copies of them wait.
delete from events
where workspace_id = {workspace_id:UInt32}
    and distinct_id = {id:String}
    and (message_id, at) in (
        select message_id, at from events_on_the_move where workspace_id = {workspace_id:UInt32}
    )
