-- What became of the messages of each source (a write key), by the minute they were received in. The drain writes under its
-- segment's token, so that a crash counts nothing twice. `duration` is from received to stored, in milliseconds; `lags` counts
-- events by the upper bound of their duration; `clients` counts requests by library and version.
CREATE TABLE IF NOT EXISTS pipeline_minutes (
    workspace_id UInt32,
    key_id UInt32,
    minute DateTime('UTC'),
    accepted SimpleAggregateFunction(sum, UInt64),
    duplicates SimpleAggregateFunction(sum, UInt64),
    flagged SimpleAggregateFunction(sum, UInt64),
    rejected SimpleAggregateFunction(sum, UInt64),
    refused SimpleAggregateFunction(sum, UInt64),
    bytes SimpleAggregateFunction(sum, UInt64),
    lag_sum SimpleAggregateFunction(sum, UInt64),
    lag_max SimpleAggregateFunction(max, UInt64),
    last_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
    lags SimpleAggregateFunction(sumMap, Map(UInt32, UInt64)),
    reasons SimpleAggregateFunction(sumMap, Map(String, UInt64)),
    refusals SimpleAggregateFunction(sumMap, Map(String, UInt64)),
    clients SimpleAggregateFunction(sumMap, Map(String, UInt64))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(minute)
ORDER BY (workspace_id, key_id, minute)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

-- The same by quarters of an hour, kept longer: days begin at a quarter in every time zone.
CREATE TABLE IF NOT EXISTS pipeline_quarters (
    workspace_id UInt32,
    key_id UInt32,
    quarter DateTime('UTC'),
    accepted SimpleAggregateFunction(sum, UInt64),
    duplicates SimpleAggregateFunction(sum, UInt64),
    flagged SimpleAggregateFunction(sum, UInt64),
    rejected SimpleAggregateFunction(sum, UInt64),
    refused SimpleAggregateFunction(sum, UInt64),
    bytes SimpleAggregateFunction(sum, UInt64),
    lag_sum SimpleAggregateFunction(sum, UInt64),
    lag_max SimpleAggregateFunction(max, UInt64),
    last_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
    lags SimpleAggregateFunction(sumMap, Map(UInt32, UInt64)),
    reasons SimpleAggregateFunction(sumMap, Map(String, UInt64)),
    refusals SimpleAggregateFunction(sumMap, Map(String, UInt64)),
    clients SimpleAggregateFunction(sumMap, Map(String, UInt64))
)
ENGINE = AggregatingMergeTree
PARTITION BY toYYYYMM(quarter)
ORDER BY (workspace_id, key_id, quarter)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS pipeline_quarters_view TO pipeline_quarters AS
SELECT
    workspace_id,
    key_id,
    toStartOfFifteenMinutes(minute) AS quarter,
    sum(accepted) AS accepted,
    sum(duplicates) AS duplicates,
    sum(flagged) AS flagged,
    sum(rejected) AS rejected,
    sum(refused) AS refused,
    sum(bytes) AS bytes,
    sum(lag_sum) AS lag_sum,
    max(lag_max) AS lag_max,
    max(last_at) AS last_at,
    sumMap(lags) AS lags,
    sumMap(reasons) AS reasons,
    sumMap(refusals) AS refusals,
    sumMap(clients) AS clients
FROM pipeline_minutes
GROUP BY workspace_id, key_id, quarter;

-- The live view asks for the newest arrivals, whose place in the table's order is by event and day.
ALTER TABLE events ADD INDEX IF NOT EXISTS newest received_at TYPE minmax GRANULARITY 1;
