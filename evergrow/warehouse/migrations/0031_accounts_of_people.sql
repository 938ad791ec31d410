-- Between which accounts a person's events lie (0: none): where both are the same, all that a person does is of one
-- account. Numbers may lie further apart than those of the events, after a deletion for example, but never closer.
CREATE TABLE IF NOT EXISTS person_accounts (
    workspace_id UInt32,
    person UInt32,
    lowest SimpleAggregateFunction(min, UInt32),
    highest SimpleAggregateFunction(max, UInt32)
)
ENGINE = AggregatingMergeTree
ORDER BY (workspace_id, person)
SETTINGS non_replicated_deduplication_window = 10000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS person_accounts_view TO person_accounts AS
SELECT workspace_id, person, min(account) AS lowest, max(account) AS highest
FROM events
WHERE person != 0
GROUP BY workspace_id, person;

-- What was captured before; what came in meanwhile is said twice, which changes nothing.
INSERT INTO person_accounts
SELECT workspace_id, person, min(account) AS lowest, max(account) AS highest
FROM events
WHERE person != 0
GROUP BY workspace_id, person;
