"""Many random worlds at once, each a workspace of its own, all put into the real stores together."""

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from evergrow import warehouse
from evergrow.customers.models import Account
from evergrow.insight.conditions import NUMERIC, VALUELESS, Check, Condition, Topic
from evergrow.insight.period import Between, Interval, Last, Range
from evergrow.insight.tests.reference import Happened, World
from evergrow.workspaces.models import Workspace

# A zone, and a day near which its clocks change
ZONES = {
    "Asia/Shanghai": date(2026, 3, 25),
    "America/New_York": date(2026, 3, 9),
    "Australia/Lord_Howe": date(2026, 4, 6),
    "Asia/Kolkata": date(2024, 3, 1),
}
EVENTS = ["login", "export", "it's \\ {odd:String}"]
VALUES = ["Pro", "", "12", "云"]
PLANS = ["Pro", "Basic"]
PEOPLE = [*range(1, 50), 70_000]
ACCOUNTS = range(1, 13)
MERGES = [{}, {2: 1}, {2: 1, 3: 1, 70_000: 5, 8: 9}, {number: number + 20 for number in range(10, 20)} | {6: 80}]
HOW_MANY = [0, 1, 2, 3, 8, 20]
numbers = count(1)


def make(seed: int) -> World:
    """Fifty people at a dozen accounts over days or months, each a history of its own: ties, repeated events, merges,
    row rights, odd hours."""
    rnd = random.Random(seed)
    zone, near = rnd.choice(list(ZONES.items()))
    today = near + timedelta(days=rnd.randrange(4))
    midnight = datetime.combine(today, time(0), ZoneInfo(zone)).astimezone(UTC)
    width = rnd.choice([6, 20, 70, 200])
    events = [happened(rnd, person, midnight, width) for person in [0, *PEOPLE] for _ in range(rnd.choice(HOW_MANY))]
    events += rnd.sample(events, len(events) // 5)
    rnd.shuffle(events)
    return World(
        events=events,
        zone=zone,
        week_start=rnd.choice([0, 6]),
        today=today,
        merges=rnd.choice(MERGES),
        facts={"plan": {number: rnd.choice(PLANS) for number in ACCOUNTS if number % 4}},
        visible=rnd.choice([None, None, None, frozenset({1, 2, 5, 6, 7, 8}), frozenset()]),
    )


def happened(rnd: random.Random, person: int, midnight: datetime, width: int) -> Happened:
    """Something that a person did in the days before a midnight, often on the hour or right before it."""
    at = midnight + timedelta(days=-rnd.randrange(width), hours=rnd.randrange(24))
    return Happened(
        event=rnd.choice(EVENTS),
        at=at + rnd.choice([timedelta(0), timedelta(milliseconds=-1), timedelta(minutes=30)]),
        person=person,
        account=rnd.choice([0, 900_000, *ACCOUNTS]),
        properties={key: rnd.choice(VALUES) for key in ("plan", "o'dd key") if rnd.random() < 0.7},
    )


def settle(worlds: Sequence[World]) -> list[Workspace]:
    """Put worlds into the stores; half of each world's events arrive late, after its people were merged."""
    made = Workspace.objects.bulk_create(
        Workspace(slug=f"world-{next(numbers)}", name="World", zone=world.zone, week_start=world.week_start)
        for world in worlds
    )
    Account.objects.bulk_create(
        Account(
            workspace=workspace,
            number=number,
            external_id=f"a{number}",
            name=f"Account {number}",
            plan=world.facts["plan"].get(number, ""),
        )
        for workspace, world in zip(made, worlds, strict=True)
        for number in ACCOUNTS
    )
    pairs = list(zip(made, worlds, strict=True))
    _store([(workspace.pk, world, world.events[len(world.events) // 2 :]) for workspace, world in pairs])
    _merge([(workspace.pk, world) for workspace, world in pairs])
    _store([(workspace.pk, world, world.events[: len(world.events) // 2]) for workspace, world in pairs])
    return made


def noon(world: World) -> datetime:
    """The last minute of the world's day."""
    return datetime.combine(world.today, time(23, 59), ZoneInfo(world.zone)).astimezone(UTC)


def make_condition(rnd: random.Random) -> Condition:
    topic = rnd.choice([Topic("property", "plan"), Topic("property", "o'dd key"), Topic("account", "plan")])
    check = rnd.choice(list(Check))
    if check in VALUELESS:
        return Condition(topic, check)
    values = rnd.sample(["0", "12"], 1) if check in NUMERIC else rnd.sample([*VALUES, "PRO", "Basic"], 2)
    return Condition(topic, check, tuple(values))


def make_filters(rnd: random.Random) -> tuple[Condition, ...]:
    return tuple(make_condition(rnd) for _ in range(rnd.choice([0, 0, 0, 1, 2])))


def make_range(rnd: random.Random, world: World) -> Range:
    first = world.today - timedelta(days=rnd.randrange(60))
    return rnd.choice(
        [
            Last(rnd.choice([1, 2, 5, 14]), rnd.choice((Interval.DAY, Interval.WEEK, Interval.MONTH))),
            Between(first, first + timedelta(days=rnd.randrange(90))),
        ]
    )


def _store(parts: Sequence[tuple[int, World, Sequence[Happened]]]) -> None:
    rows = [(pk, world, event) for pk, world, events in parts for event in events]
    if not rows:
        return
    size, moments = len(rows), [event.at for _pk, _world, event in rows]
    warehouse.insert(
        "events",
        {
            "workspace_id": [pk for pk, _world, _event in rows],
            "event": [event.event for _pk, _world, event in rows],
            "at": moments,
            "day": [world.day(event) for _pk, world, event in rows],
            "person": [event.person for _pk, _world, event in rows],
            "account": [event.account for _pk, _world, event in rows],
            "message_id": [f"w{next(numbers)}" for _ in rows],
            "distinct_id": [str(event.person) for _pk, _world, event in rows],
            "sequence": list(range(size)),
            "properties": [dict(event.properties) for _pk, _world, event in rows],
            "original_at": moments,
            "received_at": moments,
            "source": ["test"] * size,
            "import_id": [0] * size,
            "segment": [""] * size,
        },
    )


def _merge(parts: Sequence[tuple[int, World]]) -> None:
    rows = [(pk, old, new) for pk, world in parts for old, new in world.merges.items()]
    if rows:
        warehouse.insert(
            "person_overrides",
            {
                "workspace_id": [pk for pk, _old, _new in rows],
                "from_person": [old for _pk, old, _new in rows],
                "to_person": [new for _pk, _old, new in rows],
                "version": [1] * len(rows),
            },
        )
