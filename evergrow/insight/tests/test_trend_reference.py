"""Random events and random questions: the store must say what the plain loops of ``reference`` say, from any table."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evergrow.insight.conditions import NUMERIC, VALUELESS, Check, Condition, Topic
from evergrow.insight.period import Between, Interval, Last
from evergrow.insight.tests import reference
from evergrow.insight.tests.reference import Happened, World
from evergrow.insight.tests.stage import store_accounts, store_events, store_merges
from evergrow.insight.trend import ask
from evergrow.insight.trend.plan import STEPS, Plan
from evergrow.insight.trend.question import Comparison, Measure, Split, TrendQuestion
from evergrow.insight.trend.result import Series, TrendResult
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
EVENTS = ["login", "export", "it's \\ {odd:String}"]
VALUES = ["Pro", "pro plan", "", "12", "-3.5", "1e2", "inf", "nan", "0x10", "云", "a,b"]
PLANS = ["Pro", "Basic", "12"]


def make_world(seed: int) -> World:
    rnd = random.Random(seed)
    zone, near = rnd.choice(list(ZONES.items()))
    today = near + timedelta(days=rnd.randrange(4))
    midnight = datetime.combine(today, time(0), ZoneInfo(zone))
    moments = [
        midnight.astimezone(UTC)
        + timedelta(days=-rnd.choice([0, 1, 2, 3, 5, 8, 20, 40, 90, 370]), hours=rnd.randrange(24))
        + rnd.choice([timedelta(0), timedelta(milliseconds=-1), timedelta(minutes=30)])
        for _ in range(12)
    ]
    events = [
        Happened(
            event=rnd.choice(EVENTS),
            at=rnd.choice(moments),
            person=rnd.choice([0, 1, 2, 3, 4, 5, 6, 70_000]),
            account=rnd.choice([0, 1, 2, 3, 4, 900_000]),
            properties={key: rnd.choice(VALUES) for key in ("plan", "o'dd key") if rnd.random() < 0.7},
        )
        for _ in range(rnd.choice([0, 5, 60, 150]))
    ]
    return World(
        events=events,
        zone=zone,
        week_start=rnd.choice([0, 6]),
        today=today,
        merges=rnd.choice([{}, {2: 1}, {2: 1, 3: 1, 70_000: 5}, {6: 8}]),
        facts={"plan": {number: rnd.choice(PLANS) for number in (1, 2, 3)}, "country": {}},
        visible=rnd.choice([None, None, None, frozenset({1, 2}), frozenset()]),
    )


def make_condition(rnd: random.Random) -> Condition:
    topic = rnd.choice([Topic("property", "plan"), Topic("property", "o'dd key"), Topic("account", "plan")])
    check = rnd.choice(list(Check))
    if check in VALUELESS:
        return Condition(topic, check)
    if check in NUMERIC:
        return Condition(topic, check, (rnd.choice(["0", "12", "-4", "1e1"]),))
    return Condition(topic, check, tuple(rnd.sample([*VALUES, "PRO", "'; DROP TABLE events; --"], rnd.choice([1, 2]))))


def make_question(rnd: random.Random, world: World) -> TrendQuestion:
    first = world.today - timedelta(days=rnd.randrange(60))
    topics = [Topic("property", "plan"), Topic("account", "plan"), Topic("account", "country"), Topic("property", "?")]
    return TrendQuestion(
        event=rnd.choice(["", *EVENTS]),
        measure=rnd.choice(list(Measure)),
        interval=rnd.choice(list(Interval)),
        range=rnd.choice(
            [
                Last(rnd.choice([1, 2, 5, 14]), rnd.choice(list(Interval))),
                Between(first, first + timedelta(days=rnd.randrange(90))),
            ]
        ),
        filters=tuple(make_condition(rnd) for _ in range(rnd.choice([0, 0, 1, 2]))),
        split=rnd.choice([None, Split(rnd.choice(topics), rnd.choice([1, 2, 5]))]),
        compare=rnd.choice(list(Comparison)),
    )


def told(series: Series) -> tuple[str, dict[int, int], int]:
    return series.part.code, {at: value for at, value in enumerate(series.values) if value}, series.total


def expected(answer: reference.Answer, code: str) -> tuple[str, dict[int, int], int]:
    points = {place: value for (place, part), value in answer.points.items() if part == code and value}
    return code, points, answer.totals.get(code, 0)


def check(question: TrendQuestion, world: World, result: TrendResult) -> None:
    answer = reference.answer(question, world)
    assert (result.days, len(result.buckets)) == (answer.days, answer.bucket_count)
    assert told(result.whole) == expected(answer, "")
    assert [told(series) for series in result.series] == [
        expected(answer, code) for code in (answer.lines if answer.lines else [""])
    ]
    check_compared(question, world, result)


def check_compared(question: TrendQuestion, world: World, result: TrendResult) -> None:
    """Each compared value is the plain answer to the same question over the compared bucket's days."""
    for bucket, value in zip(result.compared_buckets, result.whole.compared, strict=False):
        alone = replace(question, range=Between(bucket.first, bucket.last), split=None)
        later = replace(world, today=max(world.today, bucket.last))
        assert value == reference.answer(alone, later).totals.get("", 0)


@pytest.fixture
def ask_in_world() -> Iterator[Callable[..., Any]]:
    """Settle a world in a workspace of its own and ask there."""
    made = 0

    def settle(world: World) -> Callable[[TrendQuestion], TrendResult]:
        nonlocal made
        made += 1
        workspace = Workspace.objects.create(
            slug=f"world-{Workspace.objects.count()}", name="World", zone=world.zone, week_start=world.week_start
        )
        store_accounts(workspace, world.facts, [1, 2, 3, 4])
        middle = len(world.events) // 2
        store_events(workspace, world.events[middle:], world)
        store_merges(workspace, world.merges)
        store_events(workspace, world.events[:middle], world, first_id=middle + 1000)
        noon = datetime.combine(world.today, time(23, 59), ZoneInfo(world.zone)).astimezone(UTC)
        visible = None if world.visible is None else workspace.accounts.filter(number__in=world.visible)

        def asked(question: TrendQuestion) -> TrendResult:
            with clock.frozen(noon):
                return ask.ask(question, workspace, visible=visible)

        return asked

    return settle


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_every_answer_is_the_plain_one(ask_in_world: Any, warehouse_db: None, seed: int) -> None:
    world, rnd = make_world(seed), random.Random(seed + 1)
    asked = ask_in_world(world)
    for _ in range(8):
        question = make_question(rnd, world)
        check(question, world, asked(question))


def from_raw_events(plan: Plan) -> Plan:
    return replace(plan, table="events")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_raw_events_say_what_the_rollups_say(ask_in_world: Any, warehouse_db: None, seed: int) -> None:
    world, rnd = make_world(seed), random.Random(seed + 1)
    asked = ask_in_world(world)
    for _ in range(8):
        question = replace(make_question(rnd, world), filters=())
        from_rollup = asked(question)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("evergrow.insight.trend.plan.STEPS", (*STEPS, from_raw_events))
            from_raw = asked(question)
        assert from_raw.table == "events"
        assert (from_raw.whole, from_raw.series) == (from_rollup.whole, from_rollup.series)
