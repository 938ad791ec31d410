"""A filter that spares questions: no duplicate is counted for it, and no new id is refused."""

from datetime import UTC, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from evergrow import warehouse
from evergrow.intake import events, known_ids
from evergrow.intake.events import Inserted, NormalEvent, delete_import, insert_events
from evergrow.intake.known_ids import Filter, KnownIds
from evergrow.lib.siphash import siphash
from evergrow.warehouse import engines
from evergrow.warehouse.backup import dump, load

MOMENT = datetime(2026, 3, 24, 20, 30, tzinfo=UTC)
stores = pytest.mark.usefixtures("warehouse_db")


def logins(*ids: str, **fields: Any) -> list[NormalEvent]:
    return [NormalEvent(event="login", at=MOMENT, message_id=each, **fields) for each in ids]


@settings(deadline=None)
@given(some.lists(some.lists(some.integers(0, 2**64 - 1), max_size=40), max_size=8))
def test_what_was_added_is_held_in_however_many_layers(batches: list[list[int]]) -> None:
    found = Filter()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(known_ids, "SMALLEST", 16)
        found = Filter()
        for batch in batches:
            found.add(np.array(batch, dtype=np.uint64))
            assert found.may_hold(np.array(batch, dtype=np.uint64)).all()
    every = np.array([key for batch in batches for key in batch], dtype=np.uint64)
    assert found.may_hold(every).all()


def test_of_new_ids_about_one_in_a_thousand_looks_known() -> None:
    found = Filter(500_000)
    low, _ = siphash(pa.array([f"message-{number}" for number in range(1_000_000)]))
    found.add(low[:750_000])
    assert found.may_hold(low[:750_000]).all()
    assert found.may_hold(low[750_000:]).mean() < 0.002


@stores
@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    batches=some.lists(some.lists(some.integers(0, 25), min_size=1, max_size=12), min_size=1, max_size=6),
    restarts=some.sets(some.integers(0, 5)),
)
def test_whatever_comes_in_whatever_order_each_id_counts_once(
    workspace, monkeypatch, batches: list[list[int]], restarts: set[int]
) -> None:
    warehouse.execute("truncate table events")
    warehouse.execute("truncate table seen_messages")
    run = f"{np.random.default_rng().integers(2**62)}"
    known: set[int] = set()
    for number, batch in enumerate(batches):
        if number in restarts:
            monkeypatch.setattr(events, "known_ids", KnownIds())
        got = insert_events(workspace, logins(*map(str, batch)), segment=f"{run}-{number}")
        assert got == Inserted(len(set(batch) - known), len(batch) - len(set(batch) - known))
        assert [int(text) for text, counts in zip(batch, got.is_new, strict=True) if counts] == [
            each for place, each in enumerate(batch) if each not in known and each not in batch[:place]
        ]
        known |= set(batch)
    assert warehouse.rows("select count(), uniqExact(message_id) from events") == [(len(known), len(known))]


@stores
@pytest.mark.django_db
def test_a_large_store_is_read_beside_and_asked_meanwhile(workspace, monkeypatch) -> None:
    insert_events(workspace, logins(*(f"m{number}" for number in range(500))), segment="s1")
    known = KnownIds()
    monkeypatch.setattr(events, "known_ids", known)
    monkeypatch.setattr(known_ids, "AT_ONCE", 10)
    monkeypatch.setattr(known_ids, "SLICE", 50)
    assert insert_events(workspace, logins("m1", "new"), segment="s2") == Inserted(1, 1)
    assert known._reader is not None
    known._reader.join()
    low, _ = siphash(pa.array(["m1", "m499", "new", "never seen"]))
    assert known.may_be_known(workspace.pk, low).tolist() == [True, True, True, False]


@stores
@pytest.mark.django_db
def test_an_import_that_was_taken_back_may_come_again(workspace) -> None:
    insert_events(workspace, logins("a", import_id=4), segment="import:4:0")
    delete_import(workspace, 4)
    assert insert_events(workspace, logins("a", import_id=5), segment="import:5:0") == Inserted(1, 0)


@stores
@pytest.mark.django_db
def test_what_a_backup_brings_back_is_known(workspace, tmp_path) -> None:
    insert_events(workspace, logins("a"), segment="s1")
    dump(tmp_path / "dump")
    for table in ("events", "seen_messages"):
        warehouse.execute(f"truncate table {table}")
    assert insert_events(workspace, logins("b"), segment="s2") == Inserted(1, 0)
    for table in ("events", "seen_messages"):
        warehouse.execute(f"truncate table {table}")
    load(tmp_path / "dump")
    assert insert_events(workspace, logins("a"), segment="s3") == Inserted(0, 1)


def test_with_a_server_that_others_write_to_every_id_is_asked(monkeypatch) -> None:
    monkeypatch.setattr(engines, "current", lambda: object())
    hashes = np.arange(5, dtype=np.uint64)
    assert KnownIds().may_be_known(1, hashes).all()
