"""The same messages in any order, in any segments, more than once: the same traits with the same origins."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from evergrow.customers.models import Account, Person
from evergrow.customers.traits import learn
from evergrow.intake.tests.capture.stage import Door

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 25, 3, 0, tzinfo=UTC)


def messages() -> list[dict]:
    """Three identifies and two groups of one person, at different moments, saying different things."""
    said = [
        ("identify", {"plan": "free", "name": "Mei", "seats": 1}),
        ("identify", {"plan": "pro", "title": "Lead"}),
        ("identify", {"plan": None, "seats": 5, "email": "mei@example.com"}),
        ("group", {"name": "Yunke", "region": "North"}),
        ("group", {"industry": "Retail", "region": "South"}),
    ]
    return [
        {
            "type": kind,
            "userId": "u1",
            "messageId": f"m{place}",
            "timestamp": (START + timedelta(minutes=place)).isoformat(),
            "traits": traits,
            **({"groupId": "g1"} if kind == "group" else {}),
        }
        for place, (kind, traits) in enumerate(said)
    ]


def state() -> tuple:
    person, account = Person.objects.get(), Account.objects.get()
    return (
        person.name,
        person.email,
        person.title,
        person.traits,
        person.origins,
        account.name,
        account.industry,
        account.traits,
        account.origins,
    )


def test_any_order_of_messages_teaches_the_same(door: Door) -> None:
    dice, wanted = random.Random(4), None
    for turn in range(5):
        sent = messages()
        if turn:
            sent += dice.choices(sent, k=2)
            dice.shuffle(sent)
        cut = dice.randint(1, len(sent))
        for part in (sent[:cut], sent[cut:]):
            if part:
                assert door.post("/v1/batch", {"batch": part}).status == 200
                door.drain()
        wanted = wanted or state()
        assert state() == wanted, turn
        Person.objects.all().delete()
        Account.objects.all().delete()
    assert wanted is not None
    assert wanted[:4] == ("Mei", "mei@example.com", "Lead", {"seats": 5})
    assert wanted[5:8] == ("Yunke", "Retail", {"region": "South"})


def test_what_a_colleague_typed_later_stays_when_an_older_message_arrives(door: Door) -> None:
    door.post("/v1/identify", messages()[0])
    door.drain()
    person = Person.objects.get()
    learn(person, {"plan": "Gold", "name": "林梅"}, "edit", START + timedelta(hours=1))
    late = messages()[1] | {"traits": {"plan": "pro", "name": "May"}}
    door.post("/v1/identify", late)
    door.drain()
    person.refresh_from_db()
    assert (person.name, person.traits["plan"], person.origins["plan"][0]) == ("林梅", "Gold", "edit")
