-- What a model of churn or expansion said of an account on a day: `chance` (0-1), and the log-odds it comes from as
-- `base` plus `effects`, which follow the features of the model version as `observed` does (NaN is "not known").
CREATE TABLE IF NOT EXISTS risk_scores (
    workspace_id UInt32,
    target LowCardinality(String),
    account UInt32,
    day Date,
    model UInt32,
    chance Float64,
    low Float64,
    high Float64,
    base Float64,
    effects Array(Float64),
    observed Array(Float64),
    computed_at DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(computed_at)
PARTITION BY toYYYYMM(day)
ORDER BY (workspace_id, target, account, day, model)
SETTINGS non_replicated_deduplication_window = 10000;
