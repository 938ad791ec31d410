"""Random events and random funnels: the store must say what the plain loops of ``funnel_reference`` say."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from evergrow import warehouse
from evergrow.insight.conditions import Check, Condition, Topic
from evergrow.insight.funnel import ask, quick
from evergrow.insight.funnel.question import (
    Attribution,
    Counting,
    Exclusion,
    FunnelQuestion,
    Order,
    Split,
    Start,
    Step,
    Subject,
    Unit,
    Window,
)
from evergrow.insight.funnel.result import Branch, FunnelResult
from evergrow.insight.period import Between, Interval
from evergrow.insight.tests import funnel_reference as reference
from evergrow.insight.tests.reference import Happened, World
from evergrow.insight.tests.stage import store_accounts, store_events, store_merges
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace

pytestmark = [pytest.mark.django_db, pytest.mark.once]

# A zone, and a day near which its clocks change
ZONES = {
    "Asia/Shanghai": date(2026, 3, 25),
    "America/New_York": date(2026, 3, 9),
    "Australia/Lord_Howe": date(2026, 4, 6),
    "Asia/Kolkata": date(2024, 3, 1),
}
NAMES = ["A", "B", "C", "X"]
VALUES = ["1", "2", "12", ""]
PEOPLE = 14
EXAMPLES = 40
TORTURE = 300


def make_world(rnd: random.Random) -> World:
    """Each person has few events, close to each other and often at the same instant, around a change of clocks."""
    zone, near = rnd.choice(list(ZONES.items()))
    midnight = datetime.combine(near, time(0), ZoneInfo(zone)).astimezone(UTC)
    events: list[Happened] = []
    for person in range(1, PEOPLE + 1):
        step = rnd.choice([timedelta(minutes=10), timedelta(hours=6), timedelta(days=1), timedelta(days=9)])
        for _ in range(rnd.randrange(8)):
            at = midnight + step * rnd.randrange(-4, 5) + rnd.choice([timedelta(0), timedelta(milliseconds=1)])
            events.append(
                Happened(
                    event=rnd.choice(NAMES),
                    at=at,
                    person=person,
                    account=rnd.choice([0, 1, 2, 3]),
                    properties={"v": rnd.choice(VALUES)} if rnd.random() < 0.7 else {},
                )
            )
    rnd.shuffle(events)
    return World(
        events=events,
        zone=zone,
        week_start=rnd.choice([0, 6]),
        today=near + timedelta(days=rnd.choice([0, 40])),
        merges=rnd.choice([{}, {2: 1}, {2: 1, 3: 1}, {6: 99}]),
        facts={"plan": {1: "Pro", 2: "Basic"}},
        visible=rnd.choice([None, None, None, frozenset({1, 2})]),
    )


def make_steps(rnd: random.Random, order: Order) -> tuple[Step, ...]:
    size = rnd.choice([2, 2, 3, 3, 4])
    if order is Order.ANY:
        names = rnd.choice([["A", "B", "C", "X"], ["A", "A", "B", "B"], ["A", "A", "A", "C"]])
        return tuple(Step(name) for name in names[:size])
    filters = [(), (), (), (Condition(Topic("property", "v"), Check.IS, ("1",)),)]
    steps = [Step(rnd.choice(["A", "B", "C", "A", "B", "C", ""]), rnd.choice(filters)) for _ in range(size)]
    for place in range(1, size - 1):
        steps[place] = replace(steps[place], is_optional=rnd.random() < 0.25)
    return tuple(steps)


def make_question(rnd: random.Random, world: World) -> FunnelQuestion:
    subject, order = rnd.choice(list(Subject)), rnd.choice([Order.ORDERED, *Order])
    counting = (
        rnd.choice([Counting.UNIQUE, Counting.UNIQUE, Counting.TOTALS]) if order is not Order.ANY else Counting.UNIQUE
    )
    steps = make_steps(rnd, order)
    size = len(steps)
    exclusions: tuple[Exclusion, ...] = ()
    if order is not Order.STRICT and rnd.random() < 0.4:
        after = rnd.randrange(1, size)
        if order is Order.ANY:
            exclusions = (Exclusion("Y" if any(step.event == "X" for step in steps) else "X", (), 1, size),)
        else:
            exclusions = (Exclusion("X", (), after, rnd.randrange(after + 1, size + 1)),)
    first = world.today - timedelta(days=rnd.randrange(45))
    topics = [Topic("property", "v"), Topic("account", "plan")]
    attributions = list(Attribution) if subject is not Subject.SESSIONS else list(Attribution)[:3]
    split = rnd.choice([None, Split(rnd.choice(topics), 20, rnd.choice(attributions), rnd.randrange(1, size + 1))])
    if split and split.attribution is not Attribution.STEP:
        split = replace(split, step=1)
    can_hold = subject is not Subject.SESSIONS and not (split and split.attribution is Attribution.ALL)
    return FunnelQuestion(
        steps=steps,
        subject=subject,
        order=order,
        start=rnd.choice(list(Start)),
        counting=counting,
        window=rnd.choice(
            [
                Window(10, Unit.MINUTE),
                Window(6, Unit.HOUR),
                Window(1, Unit.DAY),
                Window(2, Unit.WEEK),
                Window(1, Unit.MONTH),
            ]
        ),
        range=Between(first, first + timedelta(days=rnd.randrange(45))),
        exclusions=exclusions,
        drops_subject=bool(exclusions)
        and order is Order.ORDERED
        and counting is Counting.UNIQUE
        and rnd.random() < 0.3,
        hold="v" if can_hold and rnd.random() < 0.2 else "",
        filters=rnd.choice([(), (), (Condition(Topic("account", "plan"), Check.IS, ("Pro",)),)]),
        split=split,
        over=rnd.choice([None, Interval.DAY, Interval.WEEK]),
    )


def make_plain(rnd: random.Random, world: World) -> FunnelQuestion:
    """A question that is answered from moments in memory (``funnel.quick``), where the member may see everything."""
    question = make_simple(rnd, world)
    return replace(
        question,
        steps=tuple(Step(step.event) for step in question.steps),
        subject=Subject.PEOPLE,
        hold="",
        filters=(),
        window=question.window if question.window.unit is not Unit.MONTH else Window(3, Unit.DAY),
    )


def make_simple(rnd: random.Random, world: World) -> FunnelQuestion:
    """A question that is walked without a fold: every step has a name of its own."""
    question = make_question(rnd, world)
    names = rnd.sample(NAMES, rnd.choice([2, 3, 3, 4]))
    filters = [(), (), (Condition(Topic("property", "v"), Check.IS, ("1",)),)]
    return replace(
        question,
        steps=tuple(Step(name, rnd.choice(filters)) for name in names),
        subject=rnd.choice([Subject.PEOPLE, Subject.ACCOUNTS]),
        order=Order.ORDERED,
        counting=Counting.UNIQUE,
        exclusions=(),
        drops_subject=False,
        split=None,
    )


@pytest.fixture(autouse=True)
def of_few_events_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Moments in memory are used of however few events."""
    monkeypatch.setattr(quick, "FEWEST", 0)


def settle(world: World, number: int) -> tuple[Workspace, dict[int, int]]:
    """A world in a workspace of its own, the second half of its events first; the order in which they were sent."""
    workspace = Workspace.objects.create(
        slug=f"world-{number}", name="World", zone=world.zone, week_start=world.week_start
    )
    store_accounts(workspace, world.facts, [1, 2, 3])
    middle, later = len(world.events) // 2, len(world.events)
    store_events(workspace, world.events[middle:], world)
    store_merges(workspace, world.merges)
    store_events(workspace, world.events[:middle], world, first_id=later)
    return workspace, {place: place - middle if place >= middle else place + later for place in range(later)}


def near(one: float, other: float) -> bool:
    return abs(one - other) < 0.002


def quantile(values: list[float], level: float) -> float:
    """By linear interpolation between the two nearest ranks."""
    ordered, place = sorted(values), level * (len(values) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def check_branch(question: FunnelQuestion, branch: Branch, paths: list[reference.Path]) -> None:
    told = reference.summed(question, paths)
    assert list(branch.counts) == told.counts
    for found, waits in zip([*branch.waits, branch.whole_way], [*told.waits, told.whole_way], strict=True):
        assert (found is None) == (not waits)
        if found:
            assert found.count == len(waits)
            assert near(found.shortest, min(waits))
            assert near(found.longest, max(waits))
            assert near(found.median, quantile(waits, 0.5))
            assert near(found.p90, quantile(waits, 0.9))


def check(question: FunnelQuestion, world: World, result: FunnelResult, sequences: dict[int, int]) -> None:
    alone = reference.without_split(question)
    first, last = result.days.first, result.days.last
    check_branch(question, result.whole, [each[2] for each in reference.answer(alone, world, first, last, sequences)])
    if question.split:
        by_part: dict[str, list[reference.Path]] = {}
        for _subject, part, path in reference.answer(question, world, first, last, sequences):
            by_part.setdefault(part, []).append(path)
        assert {branch.part.code for branch in result.parts} == set(by_part)
        assert result.parts_found == len(by_part)
        for branch in result.parts:
            check_branch(question, branch, by_part[branch.part.code])
    for spread in result.spreads:
        of = result.whole.whole_way if spread.step == len(question.steps) else result.whole.waits[spread.step]
        assert sum(spread.counts) == (of.count if of else 0)
    for period in result.periods:
        paths = [
            path for _s, _p, path in reference.answer(alone, world, period.bucket.first, period.bucket.last, sequences)
        ]
        assert list(period.counts) == reference.summed(question, paths).counts


def assert_same_in_sql(result: FunnelResult) -> None:
    """What was counted in memory is what the statement that is shown finds."""
    shown = next(each for each in result.statements if each.name == "funnel")
    assert shown.shortcut is not None
    found, size = shown.shortcut(), len(result.question.steps)
    assert found is not None
    assert ask._whole(found, size) == ask._whole(warehouse.rows(shown.sql, **shown.params), size)


def run(seed: int, questions: int) -> None:
    rnd = random.Random(seed)
    world = make_world(rnd)
    workspace, sequences = settle(world, seed)
    noon = datetime.combine(world.today, time(23, 59), ZoneInfo(world.zone)).astimezone(UTC)
    visible = None if world.visible is None else workspace.accounts.filter(number__in=world.visible)
    with clock.frozen(noon):
        for place in range(questions):
            make = (make_plain, make_question, make_simple)[place % 3]
            question = make(rnd, world)
            result = ask.ask(question, workspace, visible=visible)
            try:
                check(question, world, result, sequences)
                if make is make_plain and visible is None:
                    assert_same_in_sql(result)
            except AssertionError:
                print(f"seed {seed}: {question}")
                raise


@pytest.mark.timeout(300)
def test_every_answer_is_the_plain_one(warehouse_db: Any) -> None:
    """120 questions, each asked of the histories of fourteen people."""
    for seed in range(EXAMPLES):
        run(seed, 3)


@pytest.mark.torture
@pytest.mark.timeout(0)
def test_every_answer_is_the_plain_one_for_long(warehouse_db: Any) -> None:
    """1,500 questions, each asked of fourteen histories: 21,000 of them."""
    for seed in range(EXAMPLES, EXAMPLES + TORTURE):
        run(seed, 5)
        if seed % 100 == 0:
            warehouse.execute("truncate table events")
