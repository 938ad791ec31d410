-- What became of a subject in every segment: the newest move of each, under all numbers it ever had. The same move twice
-- changes nothing here.
select segment, argMax(entered, (at, entered)) as is_in, max(at) as moved_at, argMax(cause, (at, entered)) as why
from subject_moves
where workspace_id = {workspace_id:UInt32}
  and segment in {segments:Array(UInt32)}
  and subject in {subjects:Array(UInt32)}
group by segment
