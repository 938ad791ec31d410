-- The latest answer of each person at each account in some full days, of the given accounts (none given: of all).
-- An answer is the event with a number from :low to :high in :property, and, with :about, that value there. Account 0
-- stands for an answer that names no account; one without a person stands for itself.
with (
    -- Who turned out to be somebody else, and who they are.
    select (groupArray(from_person), groupArray(to_person))
    from (
        select from_person, argMax(to_person, version) as to_person
        from person_overrides
        where workspace_id = {workspace_id:UInt32}
        group by from_person
    )
    where from_person != to_person
) as merges
select
    account,
    transform(person, merges.1, merges.2, person) as who,
    argMax(said, (at, sequence)) as answer,
    max(at) as last_at,
    argMax(day, (at, sequence)) as last_day
from (
    select
        account, person, at, day, sequence, message_id,
        toFloat64OrNull(trimBoth(properties[{property:String}])) as said
    from events
    where workspace_id = {workspace_id:UInt32}
      and event = {event:String}
      and day >= {since:Date} and day < {until:Date}
      and ({about:String} = '' or properties[{about:String}] = {value:String})
)
where said between {low:Float64} and {high:Float64}
  and (account != 0 or person != 0)
  and (empty({accounts:Array(UInt32)}) or account in (select arrayJoin({accounts:Array(UInt32)})) or account = 0)
group by account, who, if(person = 0, message_id, '')
order by last_at, who
