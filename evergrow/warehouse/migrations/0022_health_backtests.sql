-- What back-tests of scorecards looked at: an account on a past day, what the tested card said of it then and (`other`)
-- the published one, the days since its last use, and what became of it. NaN is "not known"; `ended` is the first day
-- without revenue, 1970-01-01 where none is known; `taken`: a team of that capacity would have looked at it.
CREATE TABLE IF NOT EXISTS health_backtest_rows (
    workspace_id UInt32,
    backtest UInt32,
    day Date,
    account UInt32,
    score Float64,
    band LowCardinality(String),
    other Float64,
    other_band LowCardinality(String),
    idle Float64,
    happened UInt8,
    taken UInt8,
    mrr Float64,
    mrr_after Float64,
    ended Date
)
ENGINE = MergeTree
ORDER BY (workspace_id, backtest, day, account)
SETTINGS non_replicated_deduplication_window = 10000;
