-- The waiting copies come in, but for those that a broken-off run has put back already.
insert into events
select *
from events_on_the_move
where workspace_id = {workspace_id:UInt32}
  and (message_id, at) not in (
      select message_id, at
      from events
      where workspace_id = {workspace_id:UInt32}
        and message_id in (
            select message_id from events_on_the_move where workspace_id = {workspace_id:UInt32}
        )
  )
