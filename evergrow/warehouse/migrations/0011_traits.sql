-- The current traits of people and accounts, one row a value, as criteria compare them: a copy of the relational store, of
-- scores, and of computed traits, which live here alone. `text` is the value as text (a list as JSON), `number` where it
-- can be compared as one: the number, the days since 1970 of a date, the seconds of a moment, 1 or 0 of a truth. `type` says
-- what it reads as: text, number, truth, date, moment, list. `source` says who writes it: row, computed, or a room.
CREATE TABLE IF NOT EXISTS traits (
    workspace_id UInt32,
    kind LowCardinality(String),
    trait LowCardinality(String),
    subject UInt32,
    text String,
    number Nullable(Float64),
    type LowCardinality(String),
    source LowCardinality(String),
    version UInt64,
    is_deleted UInt8
)
ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY (workspace_id, kind, trait, subject)
SETTINGS non_replicated_deduplication_window = 10000;

-- Who is at which account, in which roles, from which day to before which.
CREATE TABLE IF NOT EXISTS places (
    workspace_id UInt32,
    account UInt32,
    person UInt32,
    place UInt64,
    roles Array(LowCardinality(String)),
    started_on Date32,
    ended_on Date32,
    version UInt64,
    is_deleted UInt8
)
ENGINE = ReplacingMergeTree(version, is_deleted)
ORDER BY (workspace_id, account, person, place)
SETTINGS non_replicated_deduplication_window = 10000;
