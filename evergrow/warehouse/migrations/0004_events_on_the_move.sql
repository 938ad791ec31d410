-- Events that fall on another day since their workspace changed its time zone, between leaving and coming back.
CREATE TABLE IF NOT EXISTS events_on_the_move AS events
ENGINE = MergeTree
ORDER BY (workspace_id, event, at)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
