-- Where the events themselves are gone already: the counts stay, the person leaves the sets.
alter table property_people update people = bitmapAndnot(people, bitmapBuild({numbers:Array(UInt32)}))
where workspace_id = {workspace_id:UInt32} and bitmapHasAny(people, bitmapBuild({numbers:Array(UInt32)}))
settings mutations_sync = 2
