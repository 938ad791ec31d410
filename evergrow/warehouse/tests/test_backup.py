from datetime import UTC, date, datetime

import numpy as np
import pytest

from evergrow import warehouse
from evergrow.warehouse import backup, watched


def some_events(count: int) -> dict:
    moment = datetime.fromisoformat("2026-03-25T04:00:00+00:00")
    return {
        "workspace_id": [7] * count,
        "event": ["login"] * count,
        "at": [moment.replace(month=1 + number % 3) for number in range(count)],
        "day": [date(2026, 1 + number % 3, 25) for number in range(count)],
        "person": [number + 1 for number in range(count)],
        "account": [1] * count,
        "message_id": [f"m{number}" for number in range(count)],
        "properties": [{"plan": "Pro", "n": str(number)} for number in range(count)],
        "segment": ["first"] * count,
    }


def test_what_was_dumped_comes_back_with_its_rollups(warehouse_db, tmp_path):
    watched.note(7, "login", "plan", date(2026, 3, 25))
    watched.tend(7, date(2026, 3, 25))
    warehouse.insert("events", some_events(30))
    before = warehouse.rows("select * from events order by message_id")
    watch = watched.look(7, "login", "plan")
    dumped = backup.dump(tmp_path / "dump")
    # The store puts versions of these together when it likes; what they say is asked below.
    del dumped["watched_properties"]
    assert dumped == {"events": 30, "asked_properties": 1}
    for (table,) in warehouse.rows(
        "select name from system.tables where database = currentDatabase() and engine like '%MergeTree'"
        " and name != 'migrations'"
    ):
        warehouse.execute("truncate table {table:Identifier}", table=table)
    assert warehouse.scalar("select count() from events") == 0
    backup.load(tmp_path / "dump")
    assert warehouse.rows("select * from events order by message_id") == before
    assert watched.look(7, "login", "plan") == watch == (watched.ALWAYS, date(2026, 3, 25))
    assert warehouse.scalar("select sum(count) from activity") == 30
    assert warehouse.scalar("select count() from seen_messages") == 30
    assert warehouse.scalar("select sum(count) from property_people where property = 'plan' and code = '=Pro'") == 30


def test_a_backup_with_a_missing_part_is_refused(warehouse_db, tmp_path):
    warehouse.insert("events", some_events(30))
    backup.dump(tmp_path / "dump")
    next((tmp_path / "dump").glob("events.*.arrow")).unlink()
    with pytest.raises(ValueError, match="incomplete"):
        backup.load(tmp_path / "dump")


SEGMENTS = "select segment, bitmapToArray(members) as who, size, version, at from segment_versions order by segment"


def emptied(table: str) -> None:
    warehouse.execute("truncate table {table:Identifier}", table=table)
    assert warehouse.scalar("select count() from {table:Identifier}", table=table) == 0


def test_who_is_in_a_segment_comes_back_however_many_they_are(warehouse_db, tmp_path):
    for segment, many in enumerate((0, 1, 32, 33, 70_000)):
        row = {"workspace_id": [7], "segment": [segment], "at": [datetime(2026, 3, 25, tzinfo=UTC)], "version": [2]}
        warehouse.insert("segment_versions", {**row, "subjects": np.arange(many, dtype=np.uint32).reshape(1, many)})
    before = warehouse.rows(SEGMENTS)
    assert [row[2] for row in before] == [0, 1, 32, 33, 70_000]
    backup.dump(tmp_path / "dump")
    emptied("segment_versions")
    backup.load(tmp_path / "dump")
    assert warehouse.rows(SEGMENTS) == before


def test_a_backup_made_before_comes_back_without_who_was_in_its_segments(warehouse_db, tmp_path, monkeypatch):
    row = {"workspace_id": [7], "segment": [1], "at": [datetime(2026, 3, 25, tzinfo=UTC)], "version": [2]}
    warehouse.insert("segment_versions", {**row, "subjects": np.arange(9, dtype=np.uint32).reshape(1, 9)})
    warehouse.insert("events", some_events(3))
    with monkeypatch.context() as patch:
        patch.setattr(backup, "AS_GIVEN", {})
        backup.dump(tmp_path / "dump")
    emptied("segment_versions")
    emptied("events")
    backup.load(tmp_path / "dump")
    assert warehouse.scalar("select count() from events") == 3
    assert warehouse.scalar("select count() from segment_versions") == 0


def test_every_kept_table_with_a_state_says_what_is_written_instead(warehouse_db):
    found = warehouse.rows(
        "select distinct table from system.columns where database = currentDatabase()"
        " and startsWith(type, 'AggregateFunction')"
    )
    assert {table for (table,) in found} & set(backup.kept_tables()) == set(backup.AS_GIVEN)
