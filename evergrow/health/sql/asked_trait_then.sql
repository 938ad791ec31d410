-- Every account's last known value of one trait before a moment, where its history was kept.
select
    subject,
    argMax(text, at) as text,
    argMax(number, at) as number,
    argMax(type, at) as type,
    argMax(is_gone, at) as gone
from trait_history final
where workspace_id = {workspace_id:UInt32}
  and kind = 'account'
  and trait = {trait:String}
  and at < {moment:DateTime64(3, 'UTC')}
group by subject
having gone = 0
