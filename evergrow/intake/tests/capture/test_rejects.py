"""What was refused can be sent again once the reason is gone."""

import pytest
from django.core.exceptions import PermissionDenied

from evergrow import warehouse
from evergrow.intake.capture import messages
from evergrow.intake.capture.rejects import AlreadyReplayed, CannotReplay, replay
from evergrow.intake.models import Reject, RejectState
from evergrow.intake.tests.capture.stage import Door

pytestmark = pytest.mark.django_db


def test_a_message_counts_once_it_is_acceptable(door: Door, alice, monkeypatch) -> None:
    monkeypatch.setattr(messages, "MAX_PROPERTIES", 1)
    door.post("/v1/track", {"userId": "u1", "event": "x", "properties": {"a": 1, "b": 2}})
    door.drain()
    monkeypatch.setattr(messages, "MAX_PROPERTIES", 400)
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
