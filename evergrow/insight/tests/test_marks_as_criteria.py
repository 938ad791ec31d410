"""Marks of funnels, retention, stickiness and engagement saved as criteria mean exactly those on their lists."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest

from evergrow.customers import criteria as rules
from evergrow.customers.models import Account, Person
from evergrow.insight.as_criteria import Unsaid
from evergrow.insight.behind import Marks
from evergrow.insight.conditions import Topic
from evergrow.insight.engagement import ask as engagement
from evergrow.insight.engagement import behind as engagement_behind
from evergrow.insight.engagement.criteria import shares
from evergrow.insight.engagement.definition import as_data
from evergrow.insight.engagement.question import AWAY, NEW, EngagementQuestion
from evergrow.insight.errors import BadQuestion
from evergrow.insight.funnel import behind as funnel_behind
from evergrow.insight.funnel.point import Point as FunnelPoint
from evergrow.insight.funnel.question import (
    Attribution,
    Counting,
    Exclusion,
    FunnelQuestion,
    Order,
    Split,
    Start,
    Step,
    Unit,
    Window,
)
from evergrow.insight.funnel.question import Subject as Whose
from evergrow.insight.models import EngagementDefinition
from evergrow.insight.period import Interval, Last
from evergrow.insight.presence.source import Subject
from evergrow.insight.retention import ask as retention
from evergrow.insight.retention import behind as retention_behind
from evergrow.insight.retention.behind import State
from evergrow.insight.stickiness import behind as stickiness_behind
from evergrow.insight.stickiness.question import View
from evergrow.insight.tests import retention_worlds, test_engagement_reference, test_stickiness_reference, worlds
from evergrow.insight.tests.reference import World
from evergrow.insight.trend.result import Part
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace

pytestmark = [pytest.mark.django_db, pytest.mark.once]
Drawn = Iterator[tuple[Any, Any]]
Draw = Callable[[random.Random, World, Workspace], Drawn]


@dataclass
class Seen:
    """How many marks were said as criteria, how many of those had somebody behind them, and why others were not."""

    said: int = 0
    filled: int = 0
    reasons: set[str] = None  # type: ignore[assignment]


def compare(marks: Marks, draw: Draw, seeds: range) -> Seen:
    """Every mark drawn in random worlds is met by exactly those on its list, where it can be said."""
    seen = Seen(reasons=set())
    made = [replace(worlds.make(seed), visible=None) for seed in seeds]
    for seed, (world, workspace) in enumerate(zip(made, worlds.settle(made), strict=True)):
        numbers = ({*worlds.PEOPLE, 80} | set(range(30, 40))) - set(world.merges)
        Person.objects.bulk_create(Person(workspace=workspace, number=number) for number in numbers)
        Account.objects.create(workspace=workspace, number=900_000, external_id="far", name="Far")
        with clock.frozen(worlds.noon(world)):
            for question, point in draw(random.Random(seed), world, workspace):
                _compare(marks, question, workspace, point, seen)
    return seen


def _compare(marks: Marks, question: Any, workspace: Workspace, point: Any, seen: Seen) -> None:
    try:
        found = marks.find(question, workspace, point)
        said = marks.as_criteria(question, workspace, point, found)
        parsed = rules.parse(said, found.subject, workspace)
    except Unsaid as reason:
        seen.reasons.add(str(reason))
        return
    except (BadQuestion, rules.CriteriaError):
        return
    assert rules.find(workspace, parsed).tolist() == sorted(row.number for row in found.rows), (question, point, said)
    seen.said, seen.filled = seen.said + 1, seen.filled + bool(found.rows)


def draw_stickiness(rnd: random.Random, world: World, workspace: Workspace) -> Drawn:
    for place in range(12):
        question = test_stickiness_reference.make_question(rnd, world, list(View)[place % 3])
        if rnd.random() < 0.5:
            question = replace(
                question, least=1, range=Last(rnd.choice([2, 3, 14]), rnd.choice([Interval.DAY, Interval.WEEK]))
            )
        for _ in range(2):
            if question.view is View.RATIO:
                day = world.today.fromordinal(world.today.toordinal() - rnd.choice([1, 1, 2]))
                yield question, stickiness_behind.There(day, rnd.choice([1, 7, 30]))
            else:
                is_before = question.view is View.POWER and rnd.random() < 0.5
                count = rnd.choice([1, 2, 3, 4])
                yield question, stickiness_behind.Regular(count, or_more=rnd.random() < 0.5, is_before=is_before)


def draw_engagement(rnd: random.Random, world: World, workspace: Workspace) -> Drawn:
    for subject in Subject:
        definition = test_engagement_reference.make_definition(rnd)
        data = as_data(definition)
        EngagementDefinition.objects.create(workspace=workspace, subject=subject, version=1, data=data)
    for _ in range(5):
        question = EngagementQuestion(
            rnd.choice(list(Subject)), worlds.make_range(rnd, world), worlds.make_filters(rnd)
        )
        if rnd.random() < 0.6:
            question = replace(question, filters=())
        result = engagement.ask(question, workspace)
        levels = list(result.levels)
        yield (
            question,
            engagement_behind.Point(rnd.choice(result.buckets).first, None, rnd.choice([None, AWAY, *levels])),
        )
        yield (
            question,
            engagement_behind.Point(rnd.choice(result.buckets).first, rnd.choice([NEW, AWAY, *levels]), None),
        )
        for was, now in rnd.sample(sorted(result.moves), min(3, len(result.moves))):
            yield question, engagement_behind.Point(result.until.first, was, now)


def draw_retention(rnd: random.Random, world: World, workspace: Workspace) -> Drawn:
    for _ in range(6):
        question = retention_worlds.make_question(rnd, world)
        if rnd.random() < 0.5:
            question = replace(question, split=Split(Topic("account", "plan"), 2))
        try:
            result = retention.ask(question, workspace)
        except BadQuestion:
            continue
        parts = [series.part for series in (result.whole, *result.series)]
        for _each in range(4):
            cohort = rnd.choice([None, *(each.bucket.first for each in result.whole.cohorts)])
            column = rnd.choice([None, *range(min(4, len(result.columns)))])
            state = rnd.choice(list(State)) if column is not None else State.ALL
            yield question, retention_behind.Point(cohort, column, rnd.choice(parts), state)


def draw_funnels(rnd: random.Random, world: World, workspace: Workspace) -> Drawn:
    for _ in range(14):
        question = make_funnel(rnd)
        values = [Part("whole")] if question.split is None else [Part("value", "Pro"), Part("not_set")]
        for step in range(1, len(question.steps) + 1):
            yield question, FunnelPoint(step, is_lost=step > 1 and rnd.random() < 0.5, part=rnd.choice(values))


def make_funnel(rnd: random.Random) -> FunnelQuestion:
    """Often one that can be said, sometimes with an option that cannot."""
    names = rnd.sample(worlds.EVENTS, rnd.choice([2, 3]))
    steps = tuple(Step(name, (worlds.make_condition(rnd),) if rnd.random() < 0.15 else ()) for name in names)
    odd = rnd.random() < 0.2
    question = FunnelQuestion(
        steps=steps,
        subject=rnd.choice([Whose.PEOPLE, Whose.ACCOUNTS]),
        order=rnd.choice([Order.ORDERED, Order.ORDERED, Order.ANY]),
        start=rnd.choice(list(Start)),
        window=rnd.choice([Window(2, Unit.HOUR), Window(120, Unit.MINUTE), Window(3, Unit.DAY), Window(300, Unit.DAY)]),
        range=Last(rnd.choice([2, 7, 60]), Interval.DAY) if rnd.random() < 0.8 else Last(3, Interval.WEEK),
        split=rnd.choice([None, None, Split(Topic("account", "plan"), 2)]),  # type: ignore[arg-type]
    )
    if not odd:
        return question
    return rnd.choice(
        [
            replace(question, order=Order.STRICT),
            replace(question, order=Order.ORDERED, counting=Counting.TOTALS),
            replace(question, order=Order.ORDERED, exclusions=(Exclusion("login"),)),
            replace(question, hold="plan", split=None),
            replace(question, subject=Whose.SESSIONS),
            replace(question, split=Split(Topic("property", "plan"), 2, Attribution.LAST)),  # type: ignore[arg-type]
        ]
    )


KINDS: dict[str, tuple[Marks, Draw]] = {
    "stickiness": (stickiness_behind.MARKS, draw_stickiness),
    "engagement": (engagement_behind.MARKS, draw_engagement),
    "retention": (retention_behind.MARKS, draw_retention),
    "funnel": (funnel_behind.MARKS, draw_funnels),
}


@pytest.mark.parametrize("kind", KINDS)
def test_criteria_mean_those_on_the_list(kind: str, warehouse_db: None) -> None:
    seen = compare(*KINDS[kind], range(40, 44))
    assert seen.said > 15
    assert seen.filled > 8
    assert seen.reasons


@pytest.mark.torture
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", KINDS)
def test_criteria_mean_those_on_the_list_of_many_worlds(kind: str, warehouse_db: None) -> None:
    for batch in range(20):
        compare(*KINDS[kind], range(1000 * batch, 1000 * batch + 10))


def test_the_last_days_move_on_with_today(workspace: Workspace, warehouse_db: None, frozen: date) -> None:
    steady = test_stickiness_reference.StickinessQuestion("login", Subject.PERSON)
    point = stickiness_behind.Regular(7, or_more=True)
    found = stickiness_behind.find(steady, workspace, point)
    assert stickiness_behind.as_criteria(steady, workspace, point, found) == {
        "did": "login",
        "measure": {"days": ""},
        "at_least": 7,
        "within": {"from": {"ago": 30, "unit": "days"}, "to": {"ago": 1, "unit": "days"}},
    }
    pair = FunnelQuestion((Step("login"), Step("export")), window=Window(2, Unit.DAY))
    on_the_way = FunnelPoint(2)
    assert funnel_behind.as_criteria(pair, workspace, on_the_way, found) == {
        "sequence": [{"did": "login"}, {"did": "export"}],
        "gap": {"days": 2},
        "within": {"days": 30},
    }


def test_numbers_add_up_in_every_way() -> None:
    assert sorted(shares(2, 3)) == [(0, 0, 2), (0, 1, 1), (0, 2, 0), (1, 0, 1), (1, 1, 0), (2, 0, 0)]
