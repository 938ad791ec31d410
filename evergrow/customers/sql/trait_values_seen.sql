-- Which values does a trait have, the most frequent first; of lists, their parts?
select value
from (
    select arrayJoin(if(type = 'list', JSONExtract(text, 'Array(String)'), [text])) as value
    from traits
    where workspace_id = {workspace:UInt32} and kind = {kind:String} and trait = {trait:String} and is_deleted = 0
    limit 500000
)
where length(value) <= 200
group by value
order by count() desc, value
limit 100
