-- Whose events a distinct id's are since it was found to be somebody else's, as PostHog keeps it.
create table if not exists bench_raw_overrides (
    team_id Int64,
    distinct_id String,
    person_id UUID,
    version Int64
)
engine = ReplacingMergeTree(version)
order by (team_id, distinct_id)
