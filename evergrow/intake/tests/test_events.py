"""Every message counts once, whoever brings it and however often."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from evergrow import warehouse
from evergrow.intake import events
from evergrow.intake.events import Inserted, NormalEvent, delete_import, insert_events

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("warehouse_db")]
EVENING = datetime(2026, 3, 24, 20, 30, tzinfo=UTC)


def logins(*ids: str, **fields: object) -> list[NormalEvent]:
    return [NormalEvent(event="login", at=EVENING, message_id=each, person=1, account=2, **fields) for each in ids]


def stored() -> int:
    return warehouse.scalar("select count() from events")


def test_an_event_is_stored_as_it_came(workspace) -> None:
    event = NormalEvent(
        event="login", at=EVENING, message_id="m1", person=5, account=6, distinct_id="u5", sequence=3,
        properties={"plan": "pro"}, original_at=EVENING - timedelta(hours=1), received_at=EVENING, source="web",
        import_id=9,
    )  # fmt: skip
    assert insert_events(workspace, [event], segment="s1") == Inserted(1, 0)
    got = warehouse.rows(
        "select workspace_id, event, at, day, person, account, message_id, distinct_id, sequence, properties,"
        " original_at, received_at, source, import_id, segment from events"
    )
    assert got == [
        (workspace.pk, "login", EVENING, date(2026, 3, 25), 5, 6, "m1", "u5", 3, {"plan": "pro"},
         EVENING - timedelta(hours=1), EVENING, "web", 9, "s1")
    ]  # fmt: skip


def test_the_day_is_the_day_in_the_workspaces_zone(workspace) -> None:
    insert_events(workspace, logins("a"), segment="s1")
    workspace.zone = "America/New_York"
    insert_events(workspace, logins("b"), segment="s2")
    got = warehouse.rows("select message_id, day from events order by message_id")
    assert got == [("a", date(2026, 3, 25)), ("b", date(2026, 3, 24))]


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"])
def test_every_half_hour_of_two_years_falls_on_the_day_its_zone_says(workspace, zone: str) -> None:
    workspace.zone = zone
    moments = [datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=30 * n) for n in range(2 * 365 * 48)]
    columns = {"event": "x", "at": moments, "message_id": [str(n) for n in range(len(moments))]}
    insert_events(workspace, columns, segment="s1")
    got = dict(warehouse.rows("select message_id, day from events"))
    assert [got[str(n)] for n in range(len(moments))] == [at.astimezone(ZoneInfo(zone)).date() for at in moments]


def test_a_message_counts_once_within_a_batch_and_across_batches(workspace) -> None:
    assert insert_events(workspace, logins("a", "b", "a"), segment="s1") == Inserted(2, 1)
    assert insert_events(workspace, logins("b", "c"), segment="s2") == Inserted(1, 1)
    assert stored() == 3
    assert warehouse.scalar("select sum(count) from activity") == 3


def test_the_same_segment_again_changes_nothing_and_says_the_same(workspace) -> None:
    first = insert_events(workspace, logins("a", "b"), segment="s1")
    again = insert_events(workspace, logins("a", "b"), segment="s1")
    assert first == again == Inserted(2, 0)
    assert stored() == 2
    assert warehouse.scalar("select sum(count) from account_day") == 2


def test_a_try_that_broke_off_in_the_middle_is_finished_by_the_next(workspace, monkeypatch) -> None:
    monkeypatch.setattr(events, "BLOCK", 10)
    batch = [NormalEvent(event="x", at=EVENING + timedelta(seconds=n), message_id=f"m{n:02}") for n in range(35)]
    real, calls = warehouse.insert, []

    def breaks_off(*arguments, **named):
        calls.append(1)
        if len(calls) == 3:
            raise warehouse.StoreUnavailable("gone")
        return real(*arguments, **named)

    monkeypatch.setattr(warehouse, "insert", breaks_off)
    with pytest.raises(warehouse.StoreUnavailable):
        insert_events(workspace, batch, segment="s1")
    monkeypatch.setattr(warehouse, "insert", real)
    insert_events(workspace, batch[25:26], segment="other")  # meanwhile somebody else brings one of the rest
    assert insert_events(workspace, batch, segment="s1") == Inserted(34, 1)
    assert warehouse.rows("select count(), uniqExact(message_id) from events") == [(35, 35)]


def test_a_neighbour_may_use_the_same_message_id(workspace, mallory) -> None:
    insert_events(workspace, logins("a"), segment="s1")
    assert insert_events(mallory.workspace, logins("a"), segment="s2") == Inserted(1, 0)


def test_columns_do_what_a_list_does(workspace) -> None:
    columns = {
        "event": ["login", "login"],
        "at": np.array(["2026-03-24T20:30", "2026-03-24T20:31"], dtype="datetime64[ns]"),
        "message_id": ["a", "b"],
        "person": np.array([1, 2]),
        "properties": [{"plan": "pro"}, {}],
        "source": "file",
        "import_id": 4,
    }
    assert insert_events(workspace, columns, segment="import:4:0") == Inserted(2, 0)
    got = warehouse.rows("select at, person, account, properties, source, import_id from events order by at limit 1")
    assert got == [(EVENING, 1, 0, {"plan": "pro"}, "file", 4)]


def test_nothing_is_nothing(workspace) -> None:
    assert insert_events(workspace, [], segment="s1") == Inserted(0, 0)


def test_an_import_can_be_taken_back_and_brought_again(workspace) -> None:
    insert_events(workspace, logins("kept"), segment="s1")
    insert_events(workspace, logins("a", "b", import_id=4), segment="import:4:0")
    before = warehouse.version(workspace.pk)
    assert delete_import(workspace, 4) == 2
    assert warehouse.version(workspace.pk) != before
    assert stored() == 1
    assert warehouse.scalar("select sum(count) from activity") == 1
    assert warehouse.scalar("select sum(count) from account_day") == 1
    assert insert_events(workspace, logins("a", "b", import_id=5), segment="import:5:0") == Inserted(2, 0)
    assert delete_import(workspace, 99) == 0


def test_half_a_million_events_count_once(workspace) -> None:
    size = 522_000
    rng = np.random.default_rng(1)
    columns = {
        "event": np.array(["login", "viewed_dashboard", "created_project"], dtype=object)[rng.integers(0, 3, size)],
        "at": np.datetime64("2024-04-01", "ms") + rng.integers(0, 730 * 86_400_000, size),
        "message_id": [f"event-{i}" for i in range(size)],
        "person": rng.integers(1, 50_000, size),
        "account": rng.integers(1, 12_000, size),
    }
    assert insert_events(workspace, columns, segment="import:1:0") == Inserted(size, 0)
    assert stored() == size
    assert insert_events(workspace, columns, segment="import:2:0") == Inserted(0, size)
