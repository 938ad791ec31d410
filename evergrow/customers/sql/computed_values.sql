-- What was computed for one subject: by traits, and by other rooms. The newest row of a value counts; `final` would
-- merge whole granules of every part for it.
select trait, newest.1 as text, newest.2 as number, newest.3 as type, newest.4 as source
from (
    select trait, argMax((text, number, type, source, is_deleted), version) as newest
    from traits
    where workspace_id = {workspace:UInt32} and kind = {kind:String} and subject = {subject:UInt32}
      and trait in {traits:Array(String)}
    group by trait
)
where newest.5 = 0 and newest.4 != 'row'
order by trait
