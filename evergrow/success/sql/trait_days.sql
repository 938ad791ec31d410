-- The day of a date or moment that accounts have in a trait, as days since 1970 in a zone.
select
    subject,
    if(type = 'date', toInt64(number), toInt64(toDate32(toDateTime64(number, 0, {zone:String})))) as day
from traits final
where workspace_id = {workspace_id:UInt32} and kind = 'account' and trait = {trait:String}
    and type in ('date', 'moment') and number is not null
