-- Per event and day: which people, which accounts, how often. Answers trends and retention from bitmaps.
-- A small granule, since a row is a large bitmap: an event's days are read without those of its neighbours.
CREATE TABLE IF NOT EXISTS activity (
    workspace_id UInt32,
    event LowCardinality(String),
    day Date,
    people AggregateFunction(groupBitmap, UInt32),
    accounts AggregateFunction(groupBitmap, UInt32),
    count SimpleAggregateFunction(sum, UInt64)
)
ENGINE = AggregatingMergeTree
ORDER BY (workspace_id, event, day)
SETTINGS index_granularity = 64, non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS activity_view TO activity AS
SELECT
    workspace_id,
    event,
    day,
    groupBitmapStateIf(person, person != 0) AS people,
    groupBitmapStateIf(account, account != 0) AS accounts,
    count() AS count
FROM events
GROUP BY workspace_id, event, day;

-- Per account, day and event: how often, and which people. The cheap table of usage charts and of health.
CREATE TABLE IF NOT EXISTS account_day (
    workspace_id UInt32,
    account UInt32,
    day Date,
    event LowCardinality(String),
    count SimpleAggregateFunction(sum, UInt64),
    people AggregateFunction(groupBitmap, UInt32)
)
ENGINE = AggregatingMergeTree
ORDER BY (workspace_id, account, day, event)
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS account_day_view TO account_day AS
SELECT
    workspace_id,
    account,
    day,
    event,
    count() AS count,
    groupBitmapStateIf(person, person != 0) AS people
FROM events
WHERE account != 0
GROUP BY workspace_id, account, day, event;
