"""A store that is away, a segment that cannot be drained: the spool holds, and goes on by itself."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import orjson
import pytest
from django.db import connections

from evergrow import warehouse
from evergrow.customers.models import Identifier
from evergrow.intake.capture import bringing, frames, reading
from evergrow.intake.capture import drain as draining
from evergrow.intake.models import Reject
from evergrow.intake.tests.capture.stage import Door
from evergrow.warehouse import engines
from evergrow.warehouse.server import ServerEngine
from evergrow.workspaces.models import Workspace

pytestmark = pytest.mark.django_db
LOGIN = {"userId": "u1", "event": "login", "messageId": "m1"}


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draining, "PATIENCE_SECONDS", 0)


def ready(door: Door) -> draining.Drain:
    door.spool.stop()
    return door.drainer


def test_while_the_store_is_away_the_spool_holds_however_often_it_is_tried(door: Door) -> None:
    door.post("/v1/track", LOGIN)
    drain = ready(door)
    with engines.use(ServerEngine("http://127.0.0.1:9/none")):
        assert [drain.drain_all() for _ in range(8)] == [0] * 8
    assert len(drain.spool.segments()) == 1
    assert "does not answer" in drain.trouble
    assert drain.drain_all() == 1
    assert (drain.counted, drain.trouble, drain.spool.segments()) == (1, "", [])


def test_a_store_that_fails_between_identity_and_insert_costs_a_repetition_only(door: Door, monkeypatch) -> None:
    door.post("/v1/track", LOGIN)
    drain = ready(door)
    real = draining.insert_events

    def fails_after(*arguments, **named):
        real(*arguments, **named)
        raise warehouse.StoreUnavailable("the answer was lost")

    monkeypatch.setattr(draining, "insert_events", fails_after)
    assert drain.drain_all() == 0
    monkeypatch.setattr(draining, "insert_events", real)
    assert drain.drain_all() == 1
    assert warehouse.rows("select event, count(), max(person) from events group by 1") == [("login", 1, 1)]


def test_a_segment_that_cannot_be_drained_is_set_aside_and_holds_nobody_up(door: Door, monkeypatch) -> None:
    door.post("/v1/track", LOGIN | {"messageId": "first"})
    drain = ready(door)
    (bad,) = drain.spool.segments()
    real = bringing.bring

    def breaks(workspace, lot, segment):
        if segment == bad.stem:
            raise RuntimeError("a mistake of ours")
        return real(workspace, lot, segment)

    monkeypatch.setattr(bringing, "bring", breaks)
    assert [drain.drain_all() for _ in range(draining.TRIES)] == [0] * draining.TRIES
    assert drain.spool.segments() == []
    door.spool.start()
    door.post("/v1/track", LOGIN | {"messageId": "second"})
    assert ready(door).drain_all() == 1
    monkeypatch.setattr(bringing, "bring", real)
    drain.adopt_set_aside()
    assert drain.drain_all() == 1
    assert warehouse.scalar("select count() from events") == 2


def test_the_drain_goes_on_after_any_mistake(door: Door, monkeypatch) -> None:
    drain, tried = door.drainer, threading.Event()
    tries: list[int] = []

    def look() -> int:
        tries.append(1)
        if len(tries) < 3:
            raise PermissionError("no look at the folder")
        tried.set()
        return 0

    monkeypatch.setattr(drain, "drain_all", look)
    running = threading.Thread(target=drain.run)
    running.start()
    assert tried.wait(10)
    drain.stop()
    running.join(10)
    assert not running.is_alive()


def spooled(door: Door, about: dict, body: object) -> None:
    known = {"w": Workspace.objects.get(slug="acme").pk, "k": 0, "s": "Web", "t": "batch", "r": 1_700_000_000_000}
    door.spool.write(frames.pack(known | about, orjson.dumps(body)))


def test_what_an_older_version_left_in_the_spool_counts(door: Door) -> None:
    spooled(door, {}, {"batch": [LOGIN | {"type": "track"}]})
    assert door.drain() == 1


def test_what_a_newer_version_left_in_the_spool_is_kept_whole_and_holds_nobody_up(door: Door) -> None:
    body = {"batch": [{"what": "x" * 70_000}, 2]}
    spooled(door, {"f": "of the future"}, body)
    door.post("/v1/track", LOGIN)
    assert door.drain() == 1
    (reject,) = Reject.objects.all()
    assert (reject.code, reject.envelope) == ("unreadable", {"format": "of the future", "kind": "batch"})
    assert orjson.loads(reject.raw) == body


def test_a_body_that_its_format_cannot_list_any_more_holds_nobody_up(door: Door) -> None:
    spooled(door, {"f": "segment"}, {"batch": 7})
    door.post("/v1/track", LOGIN)
    assert door.drain() == 1
    assert Reject.objects.get().code == "invalid_batch"


@pytest.mark.parametrize("sent_at", ["\x00", "x" * 100_000, -1, 10**18, {}, True])
def test_a_strange_time_of_sending_holds_nobody_up(door: Door, sent_at: object) -> None:
    door.post("/v1/batch", {"batch": [{"type": "dance"}, LOGIN | {"type": "track"}], "sentAt": sent_at})
    assert door.drain() == 1
    reject = Reject.objects.get()
    assert len(str(reject.envelope["sentAt"])) <= 200
    assert "\x00" not in str(reject.envelope["sentAt"])


def test_an_email_that_grows_when_its_letters_get_small_holds_nobody_up(door: Door) -> None:
    """“İ” is two letters when it is small, and PostgreSQL counts them."""
    for number, email in enumerate(["İ" * 200 + "@x", "İ" * 120 + "@x", "a@" + "b" * 300]):
        door.post("/v1/identify", {"userId": f"u{number}", "traits": {"email": email}})
    assert door.drain() == 3
    lengths = [len(value) for value in Identifier.objects.filter(kind="email").values_list("value", flat=True)]
    assert max(lengths) <= 250


def test_the_events_of_a_workspace_that_is_gone_do_not_stop_the_others(door: Door, mallory) -> None:
    door.post("/v1/track", LOGIN)
    Workspace.objects.exclude(pk=mallory.workspace.pk).get().keys.all().delete()
    Workspace.objects.exclude(pk=mallory.workspace.pk).delete()
    assert ready(door).drain_all() == 1
    assert warehouse.scalar("select count() from events") == 0


def test_a_damaged_segment_is_kept_for_a_look_and_its_whole_frames_count(door: Door) -> None:
    door.post("/v1/track", {"userId": "u1", "event": "login", "messageId": "m1"})
    door.spool.stop()
    (segment,) = door.spool.segments()
    segment.write_bytes(segment.read_bytes() + b"EGF1 damaged")
    assert door.drainer.drain(segment).counted == 1
    assert door.spool.segments() == []
    assert [file.name for file in (door.spool.folder / "damaged").iterdir()] == [segment.name]
    door.spool.start()


def sent(door: Door, *ids: str, **fields: str) -> None:
    door.post("/v1/batch", {"batch": [LOGIN | {"type": "track", "messageId": each, **fields} for each in ids]})


def test_events_of_the_same_time_keep_the_order_they_were_sent_in_also_across_segments(door: Door) -> None:
    sent(door, "z", "b", timestamp="2026-03-25T04:00:00Z")
    sent(door, "y", "before", timestamp="2026-03-25T03:00:00Z")
    door.drain()
    sent(door, "a", "c", timestamp="2026-03-25T04:00:00Z")
    sent(door, "x", timestamp="2026-03-25T03:00:00Z")
    door.drain()
    got = [each for (each,) in warehouse.rows("select message_id from events order by at, sequence")]
    assert got == ["y", "before", "x", "z", "b", "a", "c"]


def test_a_clock_that_is_put_back_does_not_turn_the_order(door: Door, monkeypatch) -> None:
    moments = iter([1_774_411_200_000_000_000, 1_774_411_100_000_000_000])
    monkeypatch.setattr("evergrow.intake.capture.spool.time.time_ns", lambda: next(moments))
    sent(door, "first", timestamp="2026-03-25T04:00:00Z")
    door.drain()
    sent(door, "second", timestamp="2026-03-25T04:00:00Z")
    door.drain()
    got = [each for (each,) in warehouse.rows("select message_id from events order by at, sequence")]
    assert got == ["first", "second"]


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PART", 2)


@pytest.mark.usefixtures("small_parts")
def test_a_large_segment_comes_in_parts_and_each_message_counts_once(door: Door) -> None:
    for ids in (["a", "b"], ["a", "c"], ["d"], ["c", "e", "d"]):
        sent(door, *ids)
    drain = ready(door)
    assert drain.drain_all() == 1
    assert (drain.counted, drain.duplicates) == (5, 3)
    got = warehouse.rows("select message_id, bitAnd(sequence, 4194303) from events order by sequence")
    assert got == [("a", 0), ("b", 1), ("c", 3), ("d", 4), ("e", 6)]


@pytest.mark.usefixtures("small_parts")
def test_a_part_that_fails_costs_a_repetition_only(door: Door, monkeypatch) -> None:
    for ids in (["a", "b"], ["b", "c"], ["d", "e"]):
        sent(door, *ids)
    drain = ready(door)
    real, calls = draining.insert_events, []

    def fails_once(*arguments, **named):
        calls.append(named["segment"])
        result = real(*arguments, **named)
        if len(calls) == 2:
            raise warehouse.StoreUnavailable("the answer was lost")
        return result

    monkeypatch.setattr(draining, "insert_events", fails_once)
    assert drain.drain_all() == 0
    assert len(drain.spool.segments()) == 1
    assert drain.drain_all() == 1
    assert warehouse.rows("select count(), uniqExact(message_id) from events") == [(5, 5)]


def test_while_one_segment_is_inserted_the_next_is_read_and_a_failure_keeps_their_order(
    door: Door, monkeypatch
) -> None:
    for each in ("a", "b", "c"):
        sent(door, each)
        door.spool.stop()
        door.spool.start()
    drain = ready(door)
    real, failing = draining.insert_events, ["b"]

    def fails_once(workspace, columns, *, segment):
        if failing and columns["message_id"].to_pylist() == failing:
            failing.clear()
            raise warehouse.StoreUnavailable("away for a moment")
        return real(workspace, columns, segment=segment)

    monkeypatch.setattr(draining, "insert_events", fails_once)
    with ThreadPoolExecutor(1) as drain._inserter:
        assert drain.drain_all() == 1
        assert len(drain.spool.segments()) == 2
        assert drain.drain_all() == 2
        drain._inserter.submit(connections.close_all).result()
    assert (drain.counted, drain.trouble, drain.spool.segments()) == (3, "", [])


def test_a_segment_that_comes_while_another_is_inserted_is_read_meanwhile(door: Door, monkeypatch) -> None:
    sent(door, "a")
    drain = ready(door)
    real, prepare, was_read = draining.insert_events, draining.prepare, threading.Event()

    def waits(workspace, columns, *, segment):
        if columns["message_id"].to_pylist() == ["a"]:
            door.spool.start()
            door.spool.write(later)
            door.spool.stop()
            assert was_read.wait(10)
        return real(workspace, columns, segment=segment)

    def tells(part):
        if drain._in_hand is not None:
            was_read.set()
        return prepare(part)

    about = {"w": Workspace.objects.get(slug="acme").pk, "k": 0, "s": "Web", "t": "batch", "r": 1_700_000_000_000}
    later = frames.pack(about, orjson.dumps({"batch": [LOGIN | {"type": "track", "messageId": "b"}]}))
    monkeypatch.setattr(draining, "insert_events", waits)
    monkeypatch.setattr(draining, "prepare", tells)
    with ThreadPoolExecutor(1) as drain._inserter:
        assert drain.drain_all() == 2
        drain._inserter.submit(connections.close_all).result()
    assert (drain.counted, drain.trouble, drain.spool.segments()) == (2, "", [])


def test_a_drain_that_is_never_idle_catches_up_too(door: Door, monkeypatch) -> None:
    drain, done = ready(door), []
    monkeypatch.setattr(draining, "close_old_connections", lambda: None)  # the test's own would be closed
    monkeypatch.setattr(drain, "drain_all", lambda: 1)
    monkeypatch.setattr(draining.reattribution, "run_all", lambda: done.append(1))
    lock = os.open(drain.spool.folder / "drain.lock", os.O_RDWR | os.O_CREAT)
    drain._turn(lock)
    assert done == []
    monkeypatch.setattr(drain, "_overdue_at", 0)
    drain._turn(lock)
    os.close(lock)
    assert done
