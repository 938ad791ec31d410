"""What was refused can be sent again once the reason is gone."""

import pytest
from django.core.exceptions import PermissionDenied

from evergrow import warehouse
from evergrow.intake.capture import contents
from evergrow.intake.capture.rejects import AlreadyReplayed, CannotReplay, replay
from evergrow.intake.models import Reject, RejectState, SourceSettings
from evergrow.intake.tests.capture.stage import Door
from evergrow.workspaces.models import Key

pytestmark = pytest.mark.django_db


def test_a_message_counts_once_it_is_acceptable(door: Door, alice, monkeypatch) -> None:
    monkeypatch.setattr(contents, "MAX_PROPERTIES", 1)
    door.post("/v1/track", {"userId": "u1", "event": "x", "properties": {"a": 1, "b": 2}})
    door.drain()
    monkeypatch.setattr(contents, "MAX_PROPERTIES", 400)
    reject = Reject.objects.get()
    replay(reject=reject, by=alice)
    assert door.drain() == 1
    reject.refresh_from_db()
    assert (reject.state, reject.replayed_by) == (RejectState.REPLAYED, alice)
    assert warehouse.rows("select event, source from events") == [("x", "Web")]
    with pytest.raises(AlreadyReplayed):
        replay(reject=reject, by=alice)


def test_a_message_that_is_still_bad_is_refused_again(door: Door, alice) -> None:
    door.post("/v1/track", {"event": "x"})
    door.drain()
    replay(reject=Reject.objects.get(), by=alice)
    door.drain()
    assert list(Reject.objects.order_by("pk").values_list("state", "code")) == [
        ("replayed", "no_id"),
        ("open", "no_id"),
    ]


def test_what_is_not_json_stays(door: Door, alice, bob) -> None:
    door.post("/v1/track", b"{")
    door.drain()
    reject = Reject.objects.get()
    with pytest.raises(CannotReplay):
        replay(reject=reject, by=alice)
    with pytest.raises(PermissionDenied):
        replay(reject=reject, by=bob)
    reject.refresh_from_db()
    assert reject.state == RejectState.OPEN


def test_a_second_refusal_knows_the_first(door: Door, alice) -> None:
    door.post("/v1/track", {"event": "x"})
    door.drain()
    first = Reject.objects.get()
    replay(reject=first, by=alice)
    door.drain()
    second = Reject.objects.exclude(pk=first.pk).get()
    assert (second.previous, second.event, second.source) == (first, "x", "Web")
    assert "again" not in second.envelope


def test_a_mended_message_counts_and_what_came_is_kept(door: Door, alice) -> None:
    door.post("/v1/track", {"event": "x"})
    door.drain()
    reject = Reject.objects.get()
    replay(reject=reject, by=alice, text='{"event": "x", "userId": "u1"}')
    assert door.drain() == 1
    reject.refresh_from_db()
    assert (reject.raw, reject.mended) == ('{"event":"x"}', '{"event": "x", "userId": "u1"}')
    assert warehouse.rows("select event, distinct_id from events") == [("x", "u1")]


def test_what_is_sent_again_twice_by_a_crash_counts_once(door: Door, alice) -> None:
    """The message reached the spool, but the process died before it was noted."""
    door.post("/v1/track", {"event": "x"})
    door.drain()
    reject = Reject.objects.get()
    text = '{"event": "x", "userId": "u1"}'
    replay(reject=reject, by=alice, text=text)
    assert door.drain() == 1
    Reject.objects.update(state=RejectState.OPEN)
    replay(reject=reject, by=alice, text=text)
    assert door.drain() == 0
    assert warehouse.scalar("select count() from events") == 1


def test_a_message_too_large_counts_once_the_limit_is_higher(door: Door, alice) -> None:
    key = Key.objects.get(name="Web")
    own = SourceSettings.objects.create(key=key, message_kib=1)
    door.post("/v1/track", {"userId": "u1", "event": "huge", "properties": {"x": "y" * 2000}})
    door.drain()
    replay(reject=Reject.objects.get(), by=alice)
    assert door.drain() == 0
    own.message_kib = 10
    own.save()
    replay(reject=Reject.objects.get(state=RejectState.OPEN), by=alice)
    assert door.drain() == 1
