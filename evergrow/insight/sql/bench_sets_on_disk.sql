select sum(bytes_on_disk)
from system.parts
where database = currentDatabase() and table = 'property_people' and active
