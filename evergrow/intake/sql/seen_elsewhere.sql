-- Which of these message ids did another segment bring before?
select message_id
from (select arrayJoin({ids:Array(String)}) as message_id)
where reinterpretAsUInt128(sipHash128(message_id)) in (
    select message_hash
    from seen_messages
    where workspace_id = {workspace_id:UInt32}
      and message_hash in (
          select reinterpretAsUInt128(sipHash128(arrayJoin({ids:Array(String)})))
      )
      and segment != {segment:String}
)
