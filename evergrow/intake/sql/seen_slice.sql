-- The counted message ids whose hashes lie in a range: the lower half of each hash.
select workspace_id, toUInt64(message_hash) as low
from seen_messages
where message_hash between {first:UInt128} and {last:UInt128}
