-- Made-up events of 90 days for a benchmark, in order, so that a block falls into one month or two.
insert into events (
    workspace_id, event, at, day, person, account, message_id, distinct_id, sequence, properties, original_at,
    received_at, source, import_id, segment
)
select
    {workspace_id:UInt32},
    ['login', 'viewed_dashboard', 'created_project', 'exported_report'][1 + number % 4] as event,
    now64(3, 'UTC') - toIntervalSecond(7776000 - intDiv(number * 7776000, {total:UInt64})) as at,
    toDate(at) as day,
    1 + number % 5000 as person,
    1 + number % 500 as account,
    concat('stored-', toString(number), '-', hex(cityHash64(number, 'id'))) as message_id,
    concat('user-', toString(number % 5000)) as distinct_id,
    number as sequence,
    map(
        'plan', 'pro', 'seats', toString(number % 40), 'path', '/reports/weekly', 'ok', 'true',
        'note', repeat('x', 100)
    ) as properties,
    at as original_at,
    at as received_at,
    'bench' as source,
    0 as import_id,
    concat('stored-', toString(intDiv(number, 500000))) as segment
from numbers({first:UInt64}, {size:UInt64})
settings
    max_block_size = 500000, min_insert_block_size_rows = 500000, max_insert_block_size = 500000
