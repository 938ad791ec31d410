-- The events and days of which a watched property's value holds one of the words.
select distinct event, day
from property_people
where workspace_id = {workspace_id:UInt32} and multiSearchAnyCaseInsensitiveUTF8(code, {words:Array(String)})
