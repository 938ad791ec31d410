-- Every event once, in the order questions read them: one workspace, one event name, days.
-- `at` is the corrected time; `day` is its day in the workspace's zone; 0 means “no person”, “no account”.
CREATE TABLE IF NOT EXISTS events (
    workspace_id UInt32,
    event LowCardinality(String),
    at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    day Date,
    person UInt32,
    account UInt32,
    message_id String,
    distinct_id String,
    sequence UInt32,
    properties Map(LowCardinality(String), String),
    original_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
    source LowCardinality(String),
    import_id UInt64,
    segment LowCardinality(String)
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(at)
ORDER BY (workspace_id, event, day, person, at)
SETTINGS non_replicated_deduplication_window = 10000;

-- Which message ids were counted, and with which segment; a small granule because it is asked by random hashes.
CREATE TABLE IF NOT EXISTS seen_messages (
    workspace_id UInt32,
    message_hash UInt128,
    segment LowCardinality(String),
    import_id UInt64
)
ENGINE = MergeTree
ORDER BY (workspace_id, message_hash)
SETTINGS index_granularity = 256, non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS seen_messages_view TO seen_messages AS
SELECT workspace_id, reinterpretAsUInt128(sipHash128(message_id)) AS message_hash, segment, import_id
FROM events;

-- Which people were joined: events of `from_person` belong to `to_person`; the newest version counts.
CREATE TABLE IF NOT EXISTS person_overrides (
    workspace_id UInt32,
    from_person UInt32,
    to_person UInt32,
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (workspace_id, from_person);

-- When each workspace's events last changed.
CREATE TABLE IF NOT EXISTS changes (
    workspace_id UInt32,
    changed_at SimpleAggregateFunction(max, DateTime64(6, 'UTC')),
    arrived SimpleAggregateFunction(sum, UInt64)
)
ENGINE = AggregatingMergeTree
ORDER BY workspace_id
SETTINGS non_replicated_deduplication_window = 10000;

CREATE MATERIALIZED VIEW IF NOT EXISTS changes_view TO changes AS
SELECT workspace_id, max(now64(6, 'UTC')) AS changed_at, count() AS arrived
FROM events
GROUP BY workspace_id;
