"""The only room that knows ClickHouse: engine, schema, rollups."""
