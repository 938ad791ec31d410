"""What messages teach about a person beyond traits; adding counts once for ever."""

from typing import Any

import pytest

from evergrow.customers.models import Identifier, Person
from evergrow.intake.capture import drain
from evergrow.intake.models import AppliedStep
from evergrow.intake.tests.capture.stage import Door

pytestmark = pytest.mark.django_db


def teach(message_id: str, who: dict[str, str] | None = None, **profile: Any) -> dict:
    ids = who or {"userId": "u1"}
    return {"type": "track", "event": "x", "messageId": message_id, "profile": profile, **ids}


def send(door: Door, *messages: dict, drained: bool = True) -> None:
    assert door.post("/v1/batch", {"batch": list(messages)}).status == 200
    if drained:
        door.drain()


def traits(user: str = "u1") -> dict:
    return Person.objects.get(identifiers__kind="user", identifiers__value=user).traits


def test_steps_follow_one_another_in_the_order_they_were_sent(door: Door) -> None:
    send(
        door,
        teach("1", set={"plan": "free", "gone": 1}, once={"first": "a"}),
        teach("2", set={"plan": "pro"}, once={"first": "b"}, unset=["gone"]),
        teach("3", add={"logins": 2, "score": 0.5}, append={"tags": ["x", "y"]}),
        teach("4", add={"logins": 3}, append={"tags": "x"}),
    )
    assert traits() == {"plan": "pro", "first": "a", "logins": 5, "score": 0.5, "tags": ["x", "y", "x"]}


def test_adding_counts_once_when_its_message_comes_again(door: Door) -> None:
    send(door, teach("1", add={"n": 1}, append={"tags": "x"}), teach("1", add={"n": 1}, append={"tags": "x"}))
    send(door, teach("1", add={"n": 1}, append={"tags": "x"}), teach("2", add={"n": 10}))
    assert traits() == {"n": 11, "tags": ["x"]}
    assert AppliedStep.objects.count() == 2


def test_adding_counts_once_when_a_crash_repeats_its_segment(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    send(door, teach("1", add={"n": 1}), teach("2", set={"m": 1}), drained=False)

    def crash(*given: Any, **more: Any) -> None:
        raise OSError("the power is gone")

    with monkeypatch.context() as patch:
        patch.setattr(drain, "insert_events", crash)
        with pytest.raises(OSError, match="power"):
            door.drain()
    assert traits() == {"n": 1, "m": 1}
    assert door.drain() == 2
    assert traits() == {"n": 1, "m": 1}


def test_nothing_is_counted_when_people_cannot_be_saved(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    send(door, teach("1", add={"n": 1}), drained=False)

    def crash(*given: Any, **more: Any) -> None:
        raise OSError("the power is gone")

    with monkeypatch.context() as patch:
        patch.setattr(Person, "save", crash)
        with pytest.raises(OSError, match="power"):
            door.drain()
    assert not AppliedStep.objects.exists()
    door.drain()
    assert traits() == {"n": 1}


def test_what_cannot_be_added_changes_nothing(door: Door) -> None:
    send(door, teach("1", set={"name": "Mei", "n": 1e308, "list": "one"}))
    send(door, teach("2", add={"name": 1, "n": 1e308, "m": "2", "k": True}, append={"list": "two"}))
    found = traits()
    assert float(found.pop("n")) == 1e308  # PostgreSQL gives a whole number of 309 digits
    assert found == {"list": ["one", "two"]}
    assert Person.objects.get(traits__has_key="list").name == "Mei"


def test_a_list_keeps_its_newest_thousand_values(door: Door) -> None:
    send(door, teach("1", append={"tags": list(range(900))}), teach("2", append={"tags": list(range(900, 1100))}))
    assert traits()["tags"] == list(range(100, 1100))


def test_a_visitors_additions_stay_with_the_person_they_become(door: Door) -> None:
    send(door, teach("1", {"anonymousId": "a1"}, add={"n": 1}))
    send(
        door,
        teach("2", {"anonymousId": "a1"}, add={"n": 1}),
        {"type": "identify", "userId": "u1", "anonymousId": "a1"},
        teach("3", add={"n": 1}),
    )
    assert traits() == {"n": 3}


def test_fields_of_a_person_are_learnt_and_an_email_is_nobodys_twice(door: Door) -> None:
    send(door, teach("1", set={"name": "Mei", "phone": "138", "email": "Mei@a.example"}))
    send(door, teach("2", {"userId": "u2"}, set={"email": "mei@a.example"}))
    first, second = Person.objects.order_by("number")
    assert (first.name, first.phone, first.email, second.email) == ("Mei", "138", "mei@a.example", "")
    assert Identifier.objects.get(kind="email").person == first


def test_a_message_without_a_profile_counts_nothing(door: Door) -> None:
    send(door, {"type": "track", "event": "x", "userId": "u1", "messageId": "1"}, teach("2", set={"a": 1}))
    assert not AppliedStep.objects.exists()
