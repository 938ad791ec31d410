"""A store that is away, a segment that cannot be drained: the spool holds, and goes on by itself."""

import pytest

from evergrow import warehouse
from evergrow.intake.capture import drain as draining
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
    real = draining.bring

    def breaks(workspace, good, bad_ones, segment, tally):
        if segment == bad.stem:
            raise RuntimeError("a mistake of ours")
        return real(workspace, good, bad_ones, segment, tally)

    monkeypatch.setattr(draining, "bring", breaks)
    assert [drain.drain_all() for _ in range(draining.TRIES)] == [0] * draining.TRIES
    assert drain.spool.segments() == []
    door.spool.start()
    door.post("/v1/track", LOGIN | {"messageId": "second"})
    assert ready(door).drain_all() == 1
    monkeypatch.setattr(draining, "bring", real)
    drain.adopt_set_aside()
    assert drain.drain_all() == 1
    assert warehouse.scalar("select count() from events") == 2


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
