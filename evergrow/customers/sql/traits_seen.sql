-- Which traits does anybody have: kind, trait, how many have or had it, what most of its values read as?
select kind, trait, sum(subjects) as all_subjects, argMax(type, subjects) as usual_type
from (
    select kind, trait, type, groupBitmap(subject) as subjects
    from traits
    where workspace_id = {workspace:UInt32} and is_deleted = 0
    group by kind, trait, type
)
group by kind, trait
order by kind, all_subjects desc, trait
limit 2000
