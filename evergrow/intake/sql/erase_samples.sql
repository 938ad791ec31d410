-- The one value that is shown of a property, where it holds one of the words.
alter table property_days update sample = ''
where workspace_id = {workspace_id:UInt32} and multiSearchAnyCaseInsensitiveUTF8(sample, {words:Array(String)})
settings mutations_sync = 2
