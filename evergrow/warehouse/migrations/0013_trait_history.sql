-- Every value that a trait was said to have, who said so and when; of computed traits the value of a day, when it changed.
-- `text`, `number` and `type` are as in `traits`. `tie` keeps two values of one source and moment apart; it is 0 for
-- computed values, of which the last of a day stays. `is_gone` says that the trait lost its value.
CREATE TABLE IF NOT EXISTS trait_history (
    workspace_id UInt32,
    kind LowCardinality(String),
    subject UInt32,
    trait LowCardinality(String),
    at DateTime64(3, 'UTC'),
    source LowCardinality(String),
    tie UInt64,
    text String,
    number Nullable(Float64),
    type LowCardinality(String),
    is_gone UInt8,
    by String,
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (workspace_id, kind, subject, trait, at, source, tie)
SETTINGS non_replicated_deduplication_window = 10000;

-- Which sources spoke of a trait, how often, and when last; for the catalogue, which must not read the whole history.
CREATE TABLE IF NOT EXISTS trait_sources (
    workspace_id UInt32,
    kind LowCardinality(String),
    trait LowCardinality(String),
    source LowCardinality(String),
    said SimpleAggregateFunction(sum, UInt64),
    last_at SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
)
ENGINE = AggregatingMergeTree
ORDER BY (workspace_id, kind, trait, source)
SETTINGS non_replicated_deduplication_window = 10000;

-- A computed trait day by day: of how many subjects how many had a value, and its mean.
CREATE TABLE IF NOT EXISTS trait_days (
    workspace_id UInt32,
    kind LowCardinality(String),
    trait LowCardinality(String),
    day Date,
    subjects UInt32,
    filled UInt32,
    mean Nullable(Float64),
    version UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (workspace_id, kind, trait, day)
SETTINGS non_replicated_deduplication_window = 10000;
