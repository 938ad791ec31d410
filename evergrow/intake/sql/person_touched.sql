-- The events and days whose counts hold the person. Asked of the counts themselves, so that a broken run goes on.
select distinct event, day
from activity
where workspace_id = {workspace_id:UInt32} and bitmapHasAny(people, bitmapBuild({numbers:Array(UInt32)}))
