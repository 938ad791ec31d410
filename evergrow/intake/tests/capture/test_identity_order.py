"""Any order and any repetition of the same messages ends in the same people and the same counts.

What they must end in is computed by ``expected`` from the set of messages alone, with other means than the product.
"""

import random
from collections import defaultdict
from datetime import UTC, datetime

import pytest
from django.db import transaction

from evergrow import warehouse
from evergrow.customers.actions.people import add_person
from evergrow.customers.models import Identifier, IdentifierKind, Person, Reattribution
from evergrow.intake.capture import people, reattribution
from evergrow.intake.capture.identity import Everyone
from evergrow.intake.capture.messages import Message
from evergrow.intake.tests.capture.stage import Door
from evergrow.workspaces.models import Workspace

pytestmark = pytest.mark.django_db
BASE = int(datetime(2026, 3, 1, tzinfo=UTC).timestamp() * 1000)
STEP = 30_000  # half a minute, since moments are written down by the minute
USERS, DEVICES = ["u1", "u2", "u3", "m1@x.example"], ["a1", "a2", "a3", "a4"]
EMAILS, PHONES = ["m1@x.example", "m2@x.example", "m3@x.example"], ["13800000001", "13800000002"]
MOST = {"email": 2, "phone": 1}
PRIORITY = {"email": 10, "phone": 20}


def draw(chance: random.Random, count: int) -> list[dict]:
    """Messages in the form the door takes, each with an id of its own."""
    found = []
    for number in range(count):
        user, device = chance.choice(USERS), chance.choice(DEVICES)
        said = {"messageId": f"m{number}", "timestamp": _text(chance.randrange(200))}
        match chance.randrange(10):
            case 0 | 1 | 2:
                said |= {"type": "track", "event": "x", "anonymousId": device}
            case 3:
                said |= {"type": "track", "event": "x", "userId": user}
            case 4:
                said |= {"type": "track", "event": "x", "userId": user, "anonymousId": device}
            case 5 | 6:
                said |= {"type": "identify", "userId": user, "traits": _traits(chance)}
                said |= {"anonymousId": device} if chance.random() < 0.7 else {}
            case 7 | 8:
                said |= {"type": "identify", "anonymousId": device, "traits": _traits(chance)}
            case _:
                said |= {"type": "alias", "previousId": chance.choice(DEVICES)}
                said |= {"userId": user} if chance.random() < 0.6 else {"anonymousId": device}
        found.append(said)
    return found


def _traits(chance: random.Random) -> dict:
    traits = {}
    if chance.random() < 0.5:
        traits["email"] = chance.choice(EMAILS)
    if chance.random() < 0.3:
        traits["phone"] = chance.choice(PHONES)
    return traits


def _text(steps: int) -> str:
    return datetime.fromtimestamp((BASE + steps * STEP) / 1000, UTC).isoformat()


def _at(said: dict) -> int:
    return int(datetime.fromisoformat(said["timestamp"]).timestamp() * 1000)


def expected(messages: list[dict], contacts: list[str]) -> tuple[set, set]:
    """The ids of each person, and the messages of each person, as sets of sets."""
    links, same, claims = set(), [], defaultdict(lambda: float("inf"))
    for said in messages:
        at, user, device = _at(said), said.get("userId"), said.get("anonymousId")
        if user and "@" in user:
            claims["user", user, "email", user] = float("-inf")
        if said["type"] == "alias" and user:
            links.add((said["previousId"], user, at, "sign"))
        elif said["type"] == "alias":
            same.append({said["previousId"], device})
        if user and device:
            links.add((device, user, at, "sign" if said["type"] == "identify" else "seen"))
        for kind, value in said.get("traits", {}).items():
            key = ("user", user, kind, value) if user else ("anonymous", device, kind, value)
            claims[key] = min(claims[key], at)
    groups = {
        device: {device} for said in messages for device in (said.get("anonymousId"), said.get("previousId")) if device
    }
    for pair in same * len(same):
        joined = set().union(*(groups[each] for each in pair))
        groups |= dict.fromkeys(joined, joined)

    def line(device: str) -> list[tuple[int, str]]:
        signs = set()
        for own in groups[device]:
            mine = [(at, user, how) for each, user, at, how in links if each == own]
            by_day = defaultdict(list)
            for at, user, how in mine:
                by_day[0, user].append(at)
                if how == "sign":
                    by_day[at // 86_400_000, user].append(at)
            signs |= {(min(times), user) for (_, user), times in by_day.items()}
        return sorted(signs)

    def user_at(device: str, at: float) -> str | None:
        owners = line(device)
        before = [user for since, user in owners if since <= at]
        return before[-1] if before else owners[0][1] if owners else None

    by_user = defaultdict(dict)
    for (who, value, kind, claimed), at in claims.items():
        user = value if who == "user" else user_at(value, at)
        if user:
            by_user[user, kind][claimed] = min(at, by_user[user, kind].get(claimed, at))
    holder = {}
    for (user, kind), theirs in by_user.items():
        for at, claimed in sorted((at, claimed) for claimed, at in theirs.items())[: MOST[kind]]:
            holder[kind, claimed] = min(holder.get((kind, claimed), (at, user)), (at, user))

    loose = {
        device: sorted(
            (PRIORITY[kind], at, kind, claimed)
            for (who, value, kind, claimed), at in claims.items()
            if who == "anonymous" and value in groups[device]
        )
        for device in groups
        if not line(device)
    }

    def of_device(device: str, at: float = float("inf")) -> tuple:
        if user := user_at(device, at):
            return "user", user
        if not loose[device]:
            return "device", min(groups[device])
        return of_claimed(*loose[device][0][2:])

    def of_claimed(kind: str, value: str) -> tuple:
        if (kind, value) in holder:
            return "user", holder[kind, value][1]
        mine = [
            (at, device)
            for (who, device, k, v), at in claims.items()
            if who == "anonymous" and (k, v) == (kind, value) and device in loose
        ]
        is_contacts = kind == "email" and value in contacts
        if is_contacts or any(loose[each][0][2:] == (kind, value) for _, each in mine):
            return kind, value
        return of_device(min(mine)[1])

    ids, theirs = defaultdict(set), defaultdict(set)
    for user in {said["userId"] for said in messages if said.get("userId")}:
        ids["user", user].add(("user", user))
    for device in groups:
        ids[of_device(device)].add(("anonymous", device))
    loosely = {(kind, value) for who, device, kind, value in claims if who == "anonymous" and device in loose}
    for kind, value in set(holder) | loosely | {("email", contact) for contact in contacts}:
        ids[of_claimed(kind, value)].add((kind, value))
    for said in messages:
        user = said.get("userId")
        theirs["user", user] if user else None
        key = ("user", user) if user else of_device(said["anonymousId"], _at(said))
        theirs[key].add(said["messageId"])
    return _sets(ids), _sets(theirs)


def _sets(groups: dict) -> set:
    return {frozenset(group) for group in groups.values() if group}


def shuffle(chance: random.Random, messages: list[dict]) -> list[list[dict]]:
    """The messages in any order, some of them again, in a few segments."""
    order = messages + chance.sample(messages, len(messages) // 4)
    chance.shuffle(order)
    parts, rest = [], order
    while rest:
        size = chance.randint(1, 40)
        parts.append(rest[:size])
        rest = rest[size:]
    return parts


class Pretended:
    """Takes the place of the event store: whose number each message was stored under."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.stored: dict[str, tuple[str, int, int]] = {}

    def drain(self, part: list[dict]) -> None:
        messages = [_message(said) for said in part]
        everyone = Everyone(self.workspace, messages)
        seen = [(message, everyone.see(message)[0]) for message in messages]
        people.save(everyone)
        for message, who in seen:
            number = who.root().number
            self.stored.setdefault(message.message_id, (message.user or message.anonymous, message.at, number))
        for waiting in Reattribution.objects.filter(workspace=self.workspace):
            owners = reattribution._owners(self.workspace, waiting.kind, waiting.value)
            others, today = reattribution._others(self.workspace, waiting), self.today()
            for key, (text, at, number) in self.stored.items():
                if text == waiting.value and owners and today[number] not in others:
                    owner = [each for since, each in owners if since <= at * 1000 + 999] or [owners[0][1]]
                    self.stored[key] = (text, at, owner[-1])
            waiting.delete()

    def today(self) -> dict[int, int]:
        """Who each number means by now."""
        rows = Person.objects.filter(workspace=self.workspace)
        return {number: into or number for number, into in rows.values_list("number", "merged_into__number")}

    def people(self) -> set:
        theirs, today = defaultdict(set), self.today()
        for key, (_, _, number) in self.stored.items():
            theirs[today[number]].add(key)
        return _sets(theirs)


def _message(said: dict) -> Message:
    at, user, anonymous = _at(said), said.get("userId", ""), said.get("anonymousId", "")
    return Message(
        position=0, type=said["type"], event=said.get("event", f"${said['type']}"), message_id=said["messageId"],
        user=user, anonymous=anonymous, group="", previous=said.get("previousId", ""), traits=said.get("traits", {}),
        properties={}, original=at, received=at, at=at, source="", key_id=0, request=None, offset=0,
    )  # fmt: skip


def ids_of(workspace: Workspace) -> set:
    found = defaultdict(set)
    for kind, value, person in Identifier.objects.filter(workspace=workspace).values_list("kind", "value", "person"):
        found[person].add((kind, value))
    return _sets(found)


def set_limits(workspace: Workspace) -> None:
    for kind, most in MOST.items():
        IdentifierKind.objects.create(workspace=workspace, key=kind, trait=kind, priority=PRIORITY[kind], most=most)


@pytest.mark.once
@pytest.mark.parametrize(
    "block", [*range(5), *(pytest.param(more, marks=pytest.mark.torture) for more in range(5, 50))]
)
def test_any_order_and_repetition_ends_in_the_same_people(workspace: Workspace, block: int) -> None:
    set_limits(workspace)
    for seed in range(block * 30, block * 30 + 30):
        chance = random.Random(seed)
        messages = draw(chance, chance.randint(20, 60))
        contacts = chance.sample(EMAILS, chance.randrange(3))
        ids, theirs = expected(messages, contacts)
        with transaction.atomic():
            for contact in contacts:
                add_person(workspace=workspace, by=None, email=contact)
            store = Pretended(workspace)
            for part in shuffle(chance, messages):
                store.drain(part)
            assert ids_of(workspace) == ids, seed
            assert store.people() == theirs, seed
            transaction.set_rollback(True)


THEIRS = """
select groupArray(message_id) from events
left join (select from_person, argMax(to_person, version) to_person from person_overrides group by from_person) o
on o.from_person = person
group by coalesce(to_person, person)"""
COUNTED = "select day, event, count(), groupBitmap(person) from events group by day, event order by day, event"
ROLLED_UP = (
    "select day, event, sum(count), groupBitmapMerge(people) from activity group by day, event order by day, event"
)


def through(door: Door, part: list[dict]) -> None:
    # One request each: of one request the place of a message decides between equal times.
    for said in part:
        assert door.post("/v1/batch", {"batch": [said]}).status == 200
    door.drain()


@pytest.mark.parametrize("seed", range(4))
def test_stored_events_and_rollups_end_with_the_same_people(door: Door, workspace: Workspace, seed: int) -> None:
    set_limits(workspace)
    chance = random.Random(f"stored {seed}")
    messages = draw(chance, 40)
    ids, theirs = expected(messages, EMAILS[1:2])
    add_person(workspace=workspace, by=None, email=EMAILS[1])
    for part in shuffle(chance, messages):
        through(door, part)
    assert ids_of(workspace) == ids
    assert {frozenset(found) for (found,) in warehouse.rows(THEIRS)} == theirs
    assert warehouse.rows(COUNTED) == warehouse.rows(ROLLED_UP)
    assert not Reattribution.objects.exists()


def test_in_the_usual_order_no_event_is_rewritten(workspace: Workspace) -> None:
    """A tablet that passes from hand to hand and back; each message arrives before the next."""
    store, hands = Pretended(workspace), ["u1", "u2", "u1", "u3"]
    for place, user in enumerate(hands):
        for step, said in enumerate(({"type": "identify", "userId": user}, {"type": "track", "event": "x"})):
            at = _text(place * 3000 + step * 10)
            store.drain([said | {"anonymousId": "a1", "messageId": f"{place}{step}", "timestamp": at, "traits": {}}])
            assert not Identifier.objects.filter(was_late=True).exists()
    assert [len(each) for each in sorted(store.people(), key=len)] == [2, 2, 4]


def test_a_rewriting_that_broke_off_is_finished(door: Door, workspace: Workspace, monkeypatch) -> None:
    who = {"anonymousId": "tablet"}
    tracks = [
        {"type": "track", "event": "x", "timestamp": _text(step), "messageId": f"e{step}", **who} for step in (1, 5, 9)
    ]
    through(door, [{"type": "identify", "userId": "anna", "timestamp": _text(0), "messageId": "i0", **who}, *tracks])
    real, broken = reattribution._run, []

    def breaks(name: str, **params: object) -> None:
        real(name, **params)
        if name == "late_take_out" and not broken:
            broken.append(name)
            raise warehouse.StoreUnavailable("power cut")

    monkeypatch.setattr(reattribution, "_run", breaks)
    late = {"type": "identify", "userId": "ben", "timestamp": _text(4), "messageId": "i4", **who}
    door.post("/v1/batch", {"batch": [late]})
    with pytest.raises(warehouse.StoreUnavailable):
        door.drain()
    door.drain()
    assert {frozenset(found) for (found,) in warehouse.rows(THEIRS)} == {
        frozenset({"i0", "e1"}), frozenset({"i4", "e5", "e9"})
    }  # fmt: skip
    assert warehouse.rows(COUNTED) == warehouse.rows(ROLLED_UP)
