select count()
from events
where workspace_id = {workspace_id:UInt32} and person in {numbers:Array(UInt32)}
