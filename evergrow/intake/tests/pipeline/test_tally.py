"""What became of every message is counted by source, once, whatever breaks on the way."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from evergrow import warehouse
from evergrow.intake.capture import rejects
from evergrow.intake.models import Reject
from evergrow.intake.pipeline import refusals, tally
from evergrow.intake.tests.capture.stage import Door
from evergrow.lib import clock
from evergrow.workspaces.actions.keys import create_key

pytestmark = pytest.mark.django_db
TOTALS = "sum(accepted), sum(duplicates), sum(rejected), sum(refused)"


def totals(table: str = "pipeline_minutes") -> dict[int, tuple[int, ...]]:
    rows = warehouse.rows(f"select key_id, {TOTALS} from {table} group by key_id")
    return {key: tuple(counts) for key, *counts in rows}


def track(number: int, **more: Any) -> dict[str, Any]:
    return {"type": "track", "userId": f"u{number % 5}", "event": "login", "messageId": f"m{number}", **more}


@pytest.fixture
def second(workspace, alice) -> tuple[int, str]:
    key, secret = create_key(workspace=workspace, kind="write", name="App", by=alice)
    return key.pk, secret


def test_counts_equal_what_was_sent_by_each_source(door: Door, second) -> None:
    other, secret = second
    sent: Counter[tuple[str, str]] = Counter()
    for batch in range(6):
        messages = [track(batch * 20 + n) for n in range(20)] + [{"type": "track", "event": "of nobody"}] * 2
        key = secret if batch % 3 == 0 else door.key
        assert door.post("/v1/batch", {"batch": messages}, key=key).status == 200
        sent["accepted", key] += 20
        sent["rejected", key] += 2
    door.post("/v1/batch", {"batch": [track(n) for n in range(7)]})
    door.drain()
    door.post("/v1/batch", {"batch": [track(200), track(200), track(1)]})
    door.drain()
    found = totals()
    mine = next(key for key in found if key != other)
    assert found[other] == (sent["accepted", secret], 0, sent["rejected", secret], 0)
    assert found[mine] == (sent["accepted", door.key] + 1, 7 + 2, sent["rejected", door.key], 0)
    assert totals("pipeline_quarters") == found
    assert sum(row[0] for row in found.values()) == warehouse.scalar("select count() from events")
    assert sum(row[2] for row in found.values()) == Reject.objects.count()


def test_reasons_bytes_lags_and_clients_are_kept(door: Door) -> None:
    library = {"context": {"library": {"name": "analytics-python", "version": "2.3.4"}}}
    batch = {"batch": [track(1, **library), track(2, **library), {"type": "dance", "userId": "u1"}]}
    door.post("/v1/batch", batch)
    door.post("/v1/batch", b"{broken")
    door.post("/v1/track", track(3))
    door.drain()
    row = warehouse.rows(
        "select sumMap(reasons), sumMap(clients), sum(bytes), sumMap(lags), max(lag_max) from pipeline_minutes"
    )[0]
    assert row[0] == {"unknown_type": 1, "invalid_json": 1}
    assert row[1] == {"analytics-python 2.3.4": 1, "segment": 1}
    assert row[2] > 200
    assert sum(row[3].values()) == 3
    assert row[4] < 600_000


def test_a_segment_that_is_drained_again_counts_nothing_twice(door: Door, monkeypatch) -> None:
    door.post("/v1/batch", {"batch": [track(1), track(2), {"type": "track", "event": "x"}]})
    door.spool.stop()
    (segment,) = door.spool.segments()
    copy = segment.read_bytes()
    real = tally.write

    def breaks(*_: object, **__: object) -> None:
        raise warehouse.StoreUnavailable("between events and counts")

    monkeypatch.setattr(tally, "write", breaks)
    with pytest.raises(warehouse.StoreUnavailable):
        door.drainer.drain(segment)
    monkeypatch.setattr(tally, "write", real)
    door.drainer.drain(segment)
    segment.write_bytes(copy)  # as if the power went before the file was deleted
    door.drainer.drain(segment)
    assert list(totals().values()) == [(2, 0, 1, 0)]
    assert totals("pipeline_quarters") == totals()
    door.spool.start()


def test_what_a_known_source_is_refused_at_the_door_is_counted_by_reason(door: Door, monkeypatch) -> None:
    door.app.rate.per_second = 1
    door.post("/v1/batch", {"batch": [track(n) for n in range(10)]})
    assert door.post("/v1/batch", {"batch": [track(n) for n in range(7)]}).status == 429
    door.app.rate.per_second = 0
    assert door.post("/v1/batch", {"nothing": True}).status == 400
    assert door.post("/v1/track", b" " * (21 * 1024 * 1024)).status == 413
    assert door.post("/v1/track", track(1), key="wk_of_nobody").status == 401
    assert refusals.flush() >= 1
    assert refusals.flush() == 0
    rows = warehouse.rows("select sum(refused), sumMap(refusals) from pipeline_minutes")
    assert rows == [(9, {"too_many_events": 7, "invalid_batch": 1, "body_too_large": 1})]


def test_a_body_that_is_kept_among_the_rejects_counts_there_only(door: Door) -> None:
    assert door.post("/v1/track", b"{broken").status == 400
    refusals.flush()
    door.drain()
    assert list(totals().values()) == [(0, 0, 1, 0)]


def test_refusals_wait_for_a_store_that_is_away(door: Door, monkeypatch) -> None:
    door.post("/v1/batch", {"nothing": True})

    def away(*_: object, **__: object) -> None:
        raise warehouse.StoreUnavailable("away")

    with monkeypatch.context() as patch:
        patch.setattr(refusals, "write", away)
        assert refusals.flush() == 0
    assert refusals.flush() == 1
    assert list(totals().values()) == [(0, 0, 0, 1)]


def test_old_counts_are_forgotten_the_finer_ones_first(workspace, warehouse_db) -> None:
    now = clock.now()
    for days in (1, 100, 500):
        minute = int((now - timedelta(days=days)).timestamp()) // 60
        tally.write({(workspace.pk, 1, minute): tally.Counts(accepted=days)})
    tally.forget(workspace)
    assert totals() == {1: (1, 0, 0, 0)}
    assert totals("pipeline_quarters") == {1: (101, 0, 0, 0)}


def test_a_message_that_a_colleague_sends_again_counts_when_it_comes_again(door: Door, alice) -> None:
    with clock.frozen(clock.now() - timedelta(days=2)):
        door.post("/v1/batch", {"batch": [{"type": "track", "event": "of nobody"}]})
        door.drain()
    reject = Reject.objects.get()
    reject.raw = '{"type": "track", "event": "mended", "userId": "u1"}'
    reject.save()
    rejects.replay(reject=reject, by=alice)
    door.drain()
    rows = warehouse.rows("select sum(accepted), max(lag_max) from pipeline_minutes where accepted > 0")
    assert rows[0][0] == 1
    assert rows[0][1] < 60_000
