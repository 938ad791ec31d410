-- Which properties questions were broken down by, and when last.
CREATE TABLE IF NOT EXISTS asked_properties (
    workspace_id UInt32,
    event LowCardinality(String),
    property String,
    asked_on SimpleAggregateFunction(max, Date)
)
ENGINE = AggregatingMergeTree
ORDER BY (workspace_id, event, property);

-- Which of them are watched. `state` is on, wide (too many values) or off; `since` is the first day from which on
-- property_people holds everything, 2149-06-06 while that is nothing. The newest version counts.
CREATE TABLE IF NOT EXISTS watched_properties (
    workspace_id UInt32,
    event LowCardinality(String),
    property String,
    state LowCardinality(String),
    since Date,
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (workspace_id, event, property)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Per watched property, day and value: which people, which accounts, how often. `code` is “=value”, or “-” for events
-- without the property, so that each event of the name is in one row. Rows are as in activity.
CREATE TABLE IF NOT EXISTS property_people (
    workspace_id UInt32,
    event LowCardinality(String),
    property LowCardinality(String),
    day Date,
    code String,
    people AggregateFunction(groupBitmap, UInt32),
    accounts AggregateFunction(groupBitmap, UInt32),
    count SimpleAggregateFunction(sum, UInt64)
)
ENGINE = AggregatingMergeTree
ORDER BY (workspace_id, event, property, day, code)
SETTINGS index_granularity = 64, non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS property_people_view TO property_people AS
SELECT
    workspace_id,
    event,
    watched.property AS property,
    day,
    if(mapContains(properties, property), concat('=', properties[property]), '-') AS code,
    groupBitmapStateIf(person, person != 0) AS people,
    groupBitmapStateIf(account, account != 0) AS accounts,
    count() AS count
FROM events
INNER JOIN (
    SELECT workspace_id, event, property
    FROM watched_properties FINAL
    WHERE state = 'on'
) AS watched USING (workspace_id, event)
GROUP BY workspace_id, event, property, day, code;
