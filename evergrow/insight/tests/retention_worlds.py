"""Random worlds and retention questions, and many worlds in the store at once."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from evergrow import warehouse
from evergrow.customers.models import Account
from evergrow.insight.conditions import Topic
from evergrow.insight.period import Between, Interval, Last
from evergrow.insight.retention import ask
from evergrow.insight.retention.question import (
    INTERVALS,
    Bracket,
    Clock,
    Cohorts,
    RetentionQuestion,
    Returning,
    Step,
    Subject,
)
from evergrow.insight.retention.result import RetentionResult
from evergrow.insight.tests.random_trends import make_condition, make_world
from evergrow.insight.tests.reference import Happened, World
from evergrow.insight.trend.question import Split
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace

EVENTS = ["", "login", "export"]
BRACKETS = [
    (Bracket(0, 0), Bracket(1, 3), Bracket(4, 7)),
    (Bracket(0, 2),),
    (Bracket(0, 1), Bracket(3, 3), Bracket(5, 30)),
]


@dataclass
class Settled:
    """A world in its workspace: ``order`` is how its events were stored, ``now`` the moment it is asked."""

    world: World
    workspace: Workspace
    order: Sequence[Happened]
    now: datetime

    def ask(self, question: RetentionQuestion) -> RetentionResult:
        with clock.frozen(self.now):
            return ask.ask(question, self.workspace, visible=self.visible())

    def visible(self) -> object:
        return None if self.world.visible is None else self.workspace.accounts.filter(number__in=self.world.visible)


def settle(seeds: Sequence[int]) -> list[Settled]:
    """Worlds of these seeds, each in a workspace of its own; late events come in after the merges of people."""
    worlds = [make_world(seed) for seed in seeds]
    workspaces = Workspace.objects.bulk_create(
        Workspace(slug=f"r-{seed}", name="World", zone=world.zone, week_start=world.week_start)
        for seed, world in zip(seeds, worlds, strict=True)
    )
    Account.objects.bulk_create(
        Account(
            workspace=workspace,
            number=number,
            external_id=f"a{number}",
            name=f"Account {number}",
            **{name: values[number] for name, values in world.facts.items() if number in values},
        )
        for workspace, world in zip(workspaces, worlds, strict=True)
        for number in (1, 2, 3, 4)
    )
    found = []
    for seed, world, workspace in zip(seeds, worlds, workspaces, strict=True):
        middle = len(world.events) // 2
        order = [*world.events[middle:], *world.events[:middle]]
        hour = random.Random(seed + 7).choice([0, 3, 12, 23])
        now = datetime.combine(world.today, time(hour, 30), ZoneInfo(world.zone)).astimezone(UTC)
        found.append(Settled(world, workspace, order, now))
    store_halves(found, late=False)
    store_merges_of(found)
    store_halves(found, late=True)
    return found


def store_halves(settled: Sequence[Settled], *, late: bool) -> None:
    rows = [
        (each, place, event)
        for each in settled
        for place, event in enumerate(each.order)
        if (place >= len(each.order) - len(each.order) // 2) == late
    ]
    if not rows:
        return
    moments = [event.at for _each, _place, event in rows]
    warehouse.insert(
        "events",
        {
            "workspace_id": [each.workspace.pk for each, _place, _event in rows],
            "event": [event.event for _each, _place, event in rows],
            "at": moments,
            "day": [each.world.day(event) for each, _place, event in rows],
            "person": [event.person for _each, _place, event in rows],
            "account": [event.account for _each, _place, event in rows],
            "message_id": [f"m{place}" for _each, place, _event in rows],
            "distinct_id": [str(event.person) for _each, _place, event in rows],
            "sequence": [place for _each, place, _event in rows],
            "properties": [dict(event.properties) for _each, _place, event in rows],
            "original_at": moments,
            "received_at": [datetime(2026, 3, 25, tzinfo=UTC)] * len(rows),
            "source": ["test"] * len(rows),
            "import_id": [0] * len(rows),
            "segment": [""] * len(rows),
        },
    )


def store_merges_of(settled: Sequence[Settled]) -> None:
    rows = [(each.workspace.pk, before, after) for each in settled for before, after in each.world.merges.items()]
    if rows:
        warehouse.insert(
            "person_overrides",
            {
                "workspace_id": [row[0] for row in rows],
                "from_person": [row[1] for row in rows],
                "to_person": [row[2] for row in rows],
                "version": [1] * len(rows),
            },
        )


def make_question(rnd: random.Random, world: World) -> RetentionQuestion:
    interval, returning = rnd.choice(INTERVALS), rnd.choice(list(Returning))
    first = world.today - timedelta(days=rnd.randrange(50))
    # Ranges with few cohorts, since the plain loops are slow
    days = {Interval.DAY: 9, Interval.WEEK: 40, Interval.MONTH: 120}[interval]
    range_ = rnd.choice(
        [
            Last(rnd.choice([1, 2, 5]), interval),
            Between(first, first + timedelta(days=rnd.randrange(days))),
        ]
    )
    has_conditions = rnd.random() < 0.5
    is_bare = rnd.random() < 0.5
    topics = [Topic("property", "plan"), Topic("account", "plan"), Topic("account", "country"), Topic("property", "?")]

    def step() -> Step:
        filters = (make_condition(rnd),) if has_conditions and rnd.random() < 0.4 else ()
        return Step(rnd.choice(EVENTS), filters)

    return RetentionQuestion(
        subject=rnd.choice(list(Subject)),
        start=step(),
        back=step(),
        cohorts=rnd.choice(list(Cohorts)),
        clock=rnd.choice([Clock.CALENDAR, Clock.CALENDAR, Clock.ROLLING]),
        interval=interval,
        range=range_,
        periods=rnd.choice([1, 3, 6]),
        returning=returning,
        brackets=rnd.choice(BRACKETS) if returning is Returning.BRACKETS else (),
        minimum=1 if is_bare else rnd.choice([1, 2, 3]),
        sum_of="" if is_bare else rnd.choice(["", "plan"]),
        filters=tuple(make_condition(rnd) for _ in range(rnd.choice([0, 0, 1]))) if has_conditions else (),
        split=None if is_bare else rnd.choice([None, Split(rnd.choice(topics), rnd.choice([1, 2, 5]))]),
    )
