-- Between which accounts the events of each person lie; a person may have several rows, which are taken together.
select person, lowest, highest
from person_accounts
where workspace_id = {workspace:UInt32}
settings output_format_arrow_compression_method = 'none'
