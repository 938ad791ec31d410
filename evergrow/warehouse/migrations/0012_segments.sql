-- Who is in a segment now: the newest row of a segment counts. An insert gives `subjects`, the store keeps a bitmap.
-- `version` is the version of the segment's criteria that found them, 0 for a list.
CREATE TABLE IF NOT EXISTS segment_versions (
    workspace_id UInt32,
    segment UInt32,
    at DateTime64(3, 'UTC'),
    version UInt32,
    subjects Array(UInt32) EPHEMERAL,
    members AggregateFunction(groupBitmap, UInt32) DEFAULT bitmapBuild(subjects),
    size UInt64 DEFAULT length(subjects)
)
ENGINE = ReplacingMergeTree(at)
ORDER BY (workspace_id, segment)
SETTINGS index_granularity = 1, fsync_after_insert = 1, fsync_part_directory = 1;

-- Who came into a segment and who left it, and when; `cause` is first, refresh, edited or list. The same move twice is one.
CREATE TABLE IF NOT EXISTS segment_moves (
    workspace_id UInt32,
    segment UInt32,
    subject UInt32,
    at DateTime64(3, 'UTC'),
    entered UInt8,
    cause LowCardinality(String)
)
ENGINE = ReplacingMergeTree
ORDER BY (workspace_id, segment, at, subject)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- How many were in a segment at the end of a day (of today: so far).
CREATE TABLE IF NOT EXISTS segment_sizes (
    workspace_id UInt32,
    segment UInt32,
    day Date,
    size UInt64,
    at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(at)
ORDER BY (workspace_id, segment, day);

-- Whom colleagues put on a list, under the numbers they had then; the newest row of a subject counts.
CREATE TABLE IF NOT EXISTS segment_lists (
    workspace_id UInt32,
    segment UInt32,
    subject UInt32,
    is_deleted UInt8,
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (workspace_id, segment, subject)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- When something last came in, by what it was: an event by its name, a merge of people, a deletion ("touch"). It tells
-- which segments may have changed.
CREATE TABLE IF NOT EXISTS arrivals (
    workspace_id UInt32,
    topic LowCardinality(String),
    name LowCardinality(String),
    at SimpleAggregateFunction(max, DateTime64(6, 'UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY (workspace_id, topic, name);

CREATE MATERIALIZED VIEW IF NOT EXISTS arrivals_of_events TO arrivals AS
SELECT workspace_id, 'event' AS topic, event AS name, now64(6, 'UTC') AS at
FROM events
GROUP BY workspace_id, event;

CREATE MATERIALIZED VIEW IF NOT EXISTS arrivals_of_touches TO arrivals AS
SELECT workspace_id, 'touch' AS topic, '' AS name, now64(6, 'UTC') AS at
FROM changes
WHERE arrived = 0
GROUP BY workspace_id;

CREATE MATERIALIZED VIEW IF NOT EXISTS arrivals_of_merges TO arrivals AS
SELECT workspace_id, 'merge' AS topic, '' AS name, now64(6, 'UTC') AS at
FROM person_overrides
GROUP BY workspace_id;

CREATE MATERIALIZED VIEW IF NOT EXISTS arrivals_of_traits TO arrivals AS
SELECT workspace_id, kind AS topic, trait AS name, now64(6, 'UTC') AS at
FROM traits
GROUP BY workspace_id, kind, trait;

CREATE MATERIALIZED VIEW IF NOT EXISTS arrivals_of_places TO arrivals AS
SELECT workspace_id, 'places' AS topic, '' AS name, now64(6, 'UTC') AS at
FROM places
GROUP BY workspace_id;
