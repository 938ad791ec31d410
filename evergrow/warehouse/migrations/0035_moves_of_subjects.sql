-- The moves of segments once more, by whom they are about: the page of a person asks for those of one subject, which lie
-- scattered over `segment_moves` and are ever more as segments are refreshed.
CREATE TABLE IF NOT EXISTS subject_moves (
    workspace_id UInt32,
    segment UInt32,
    subject UInt32,
    at DateTime64(3, 'UTC'),
    entered UInt8,
    cause LowCardinality(String)
)
ENGINE = ReplacingMergeTree
ORDER BY (workspace_id, subject, segment, at)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS subject_moves_view TO subject_moves AS
SELECT workspace_id, segment, subject, at, entered, cause
FROM segment_moves;

-- What was written before; what comes in meanwhile is written twice, which changes nothing.
INSERT INTO subject_moves
SELECT workspace_id, segment, subject, at, entered, cause
FROM segment_moves;
