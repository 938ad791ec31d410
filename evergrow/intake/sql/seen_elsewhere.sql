-- Which of these hashes of message ids did another segment bring before? Both halves of each.
select distinct toUInt64(message_hash) as low, toUInt64(bitShiftRight(message_hash, 64)) as high
from seen_messages
where workspace_id = {workspace_id:UInt32}
  and message_hash in (select arrayJoin({hashes:Array(UInt128)}))
  and segment != {segment:String}
