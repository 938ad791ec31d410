-- Where the events themselves are gone already: the counts stay, the person leaves the set.
alter table account_day update people = bitmapAndnot(people, bitmapBuild({numbers:Array(UInt32)}))
where workspace_id = {workspace_id:UInt32} and bitmapHasAny(people, bitmapBuild({numbers:Array(UInt32)}))
settings mutations_sync = 2
