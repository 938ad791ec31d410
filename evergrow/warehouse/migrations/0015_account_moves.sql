-- Which events a merge of two accounts gave to the one that was kept, so that it can be taken back; kept as long as that
-- is possible. `event` and `day` tell which counts are to be built again.
CREATE TABLE IF NOT EXISTS account_moves (
    workspace_id UInt32,
    merge UInt64,
    message_id String,
    event LowCardinality(String),
    day Date
)
ENGINE = ReplacingMergeTree
ORDER BY (workspace_id, merge, message_id)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
