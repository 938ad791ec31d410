-- Per event, property and day: how often, of which kinds, one value. Filled with the events themselves, so that it counts
-- exactly what they count. `kinds` are bits: 1 text, 2 number, 4 truth, 8 time, 16 list, 32 object; read from text alone,
-- because the store keeps values as text.
DROP VIEW IF EXISTS property_days_view;

DROP TABLE IF EXISTS property_days;

CREATE TABLE IF NOT EXISTS property_days (
    workspace_id UInt32,
    event LowCardinality(String),
    property LowCardinality(String),
    day Date,
    count SimpleAggregateFunction(sum, UInt64),
    kinds SimpleAggregateFunction(groupBitOr, UInt16),
    sample SimpleAggregateFunction(anyLast, String)
)
ENGINE = AggregatingMergeTree
ORDER BY (workspace_id, event, property, day)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1
-- What was captured before this table existed.
AS
SELECT
    workspace_id,
    event,
    pair.1 AS property,
    day,
    count() AS count,
    groupBitOr(toUInt16(multiIf(
        pair.2 IN ('true', 'false'), 4,
        startsWith(pair.2, '{'), 32,
        startsWith(pair.2, '['), 16,
        length(pair.2) <= 32 AND isNotNull(toFloat64OrNull(pair.2)), 2,
        match(pair.2, '^\\d{4}-\\d\\d-\\d\\d([T ]\\d|$)'), 8,
        1
    ))) AS kinds,
    anyLast(leftUTF8(pair.2, 100)) AS sample
FROM (
    SELECT
        workspace_id,
        event,
        day,
        arrayJoin(CAST(properties, 'Array(Tuple(LowCardinality(String), String))')) AS pair
    FROM events
)
GROUP BY workspace_id, event, property, day;

CREATE MATERIALIZED VIEW IF NOT EXISTS property_days_view TO property_days AS
SELECT
    workspace_id,
    event,
    pair.1 AS property,
    day,
    count() AS count,
    groupBitOr(toUInt16(multiIf(
        pair.2 IN ('true', 'false'), 4,
        startsWith(pair.2, '{'), 32,
        startsWith(pair.2, '['), 16,
        length(pair.2) <= 32 AND isNotNull(toFloat64OrNull(pair.2)), 2,
        match(pair.2, '^\\d{4}-\\d\\d-\\d\\d([T ]\\d|$)'), 8,
        1
    ))) AS kinds,
    anyLast(leftUTF8(pair.2, 100)) AS sample
FROM (
    SELECT
        workspace_id,
        event,
        day,
        arrayJoin(CAST(properties, 'Array(Tuple(LowCardinality(String), String))')) AS pair
    FROM events
)
GROUP BY workspace_id, event, property, day;

-- The same bits as clients sent the values, where 12 and "12" differ; seen by the drain in samples.
CREATE TABLE IF NOT EXISTS property_kinds (
    workspace_id UInt32,
    event LowCardinality(String),
    property LowCardinality(String),
    day Date,
    kinds SimpleAggregateFunction(groupBitOr, UInt16)
)
ENGINE = AggregatingMergeTree
ORDER BY (workspace_id, event, property, day);

-- How often messages went against the tracking plan, by what (`kind`) and what was done about it (`act`).
CREATE TABLE IF NOT EXISTS plan_violations (
    workspace_id UInt32,
    event LowCardinality(String),
    day Date,
    property String,
    kind LowCardinality(String),
    act LowCardinality(String),
    count SimpleAggregateFunction(sum, UInt64)
)
ENGINE = AggregatingMergeTree
ORDER BY (workspace_id, event, day, property, kind, act)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

-- A few messages of each violation; a new one takes the place of an old one in its slot, so that the table stays small.
CREATE TABLE IF NOT EXISTS plan_samples (
    workspace_id UInt32,
    event LowCardinality(String),
    property String,
    kind LowCardinality(String),
    slot UInt8,
    act LowCardinality(String),
    detail String,
    message String,
    source LowCardinality(String),
    received_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(received_at)
ORDER BY (workspace_id, event, property, kind, slot)
SETTINGS non_replicated_deduplication_window = 10000;
