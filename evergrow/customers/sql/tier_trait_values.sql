-- The values that some accounts have of some traits.
select subject, trait, text
from traits final
where workspace_id = {workspace:UInt32} and kind = 'account' and trait in {traits:Array(String)}
    and subject in {subjects:Array(UInt32)}
