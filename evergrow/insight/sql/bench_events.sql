-- Made-up events {first} … of “evergrow bench insight”: few people and events are busy, most are not.
insert into events (
    workspace_id, event, at, day, person, account, message_id, distinct_id, sequence, properties,
    original_at, received_at, source, import_id, segment
)
with
    cityHash64(number, 1) / 18446744073709551615. as which,
    cityHash64(number, 2) / 18446744073709551615. as who,
    toUInt32(toUInt32(pow(who, 2) * {people:UInt32}) % {people:UInt32} + 1) as person_number,
    toUInt32(person_number % {accounts:UInt32} + 1) as account_number,
    {moment:DateTime64(3, 'UTC')} + toIntervalMillisecond(cityHash64(number, 3) % {span:UInt64}) as moment_of
select
    {workspace:UInt32},
    concat('event_', toString(toUInt8(pow(which, 3) * {events:UInt8}) % {events:UInt8})),
    moment_of,
    toDate(moment_of),
    person_number,
    account_number,
    concat('b', toString(number)),
    concat('d', toString(person_number)),
    number,
    map(
        'plan', {plans:Array(String)}[account_number % 4 + 1],
        'page', concat('/p/', toString(cityHash64(number, 4) % 50)),
        'browser', ['Chrome', 'Safari', 'Edge', 'Firefox'][cityHash64(person_number, 5) % 4 + 1],
        'os', ['Windows', 'Mac OS X', 'Android', 'iOS'][cityHash64(person_number, 6) % 4 + 1],
        'country', concat('country ', toString(cityHash64(account_number, 7) % 30)),
        'source', concat('source ', toString(cityHash64(person_number, 8) % 12)),
        'campaign', concat('campaign ', toString(cityHash64(number, 9) % 200)),
        'amount', toString(cityHash64(number, 10) % 100000 / 100),
        'version', concat('3.', toString(cityHash64(person_number, 11) % 20)),
        'language', ['zh-CN', 'en-US', 'de-DE'][cityHash64(person_number, 12) % 3 + 1]
    ),
    moment_of,
    moment_of,
    'bench',
    0,
    'bench'
from numbers({first:UInt64}, {count:UInt64})
