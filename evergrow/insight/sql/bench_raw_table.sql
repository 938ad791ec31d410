-- Events laid out as PostHog lays out its own: properties as JSON text, a UUID for each person, sorted by team, day and name.
create table if not exists bench_raw_events (
    uuid UUID,
    event String,
    properties String codec(ZSTD(3)),
    timestamp DateTime64(6, 'UTC'),
    team_id Int64,
    distinct_id String,
    person_id UUID,
    account String,
    _timestamp DateTime
)
engine = ReplacingMergeTree(_timestamp)
partition by toYYYYMM(timestamp)
order by (team_id, toDate(timestamp), event, cityHash64(distinct_id), cityHash64(uuid))
