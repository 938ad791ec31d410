-- The score of every account on a day, with all that went into it. A later computation of the same day that comes to
-- something else is a new revision; the old one stays. Arrays follow the measures (and `groups` the groups) of the
-- scorecard version; NaN is "not observed", and `reasons` says why by the codes of evergrow/health/sources.py.
-- `ages` are the days since a value was observed.
CREATE TABLE IF NOT EXISTS health_snapshots (
    workspace_id UInt32,
    account UInt32,
    day Date,
    revision UInt32,
    version UInt32,
    overall Float64,
    coverage Float64,
    band LowCardinality(String),
    groups Array(Float64),
    observed Array(Float64),
    points Array(Float64),
    weights Array(Float64),
    reasons Array(UInt8),
    ages Array(UInt16),
    computed_at DateTime64(3, 'UTC')
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(day)
ORDER BY (workspace_id, day, account, revision)
SETTINGS non_replicated_deduplication_window = 10000;
