"""Random events and random questions: the store must say what the plain loops of ``reference`` say, from any table."""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evergrow.insight.period import Between, Interval
from evergrow.insight.tests.random_trends import (
    EVENTS,
    by_a_property,
    by_facts,
    formula_value,
    make_question,
    make_world,
)
from evergrow.insight.tests.reference import OTHERS, WHOLE, Answer, Part, Span, Value, World, ranked_parts
from evergrow.insight.tests.stage import WAYS, ask_both_ways, store_accounts, store_events, store_merges, watch
from evergrow.insight.trend import ask
from evergrow.insight.trend.plan import STEPS, Plan
from evergrow.insight.trend.question import NAMES, Asked, Measure, TrendQuestion
from evergrow.insight.trend.result import Series, TrendResult
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace

pytestmark = [pytest.mark.django_db, pytest.mark.once]

Asks = Callable[[TrendQuestion], TrendResult]


def check(question: TrendQuestion, world: World, result: TrendResult) -> None:
    """Every value of every line, now and in the compared time, is the plain one."""
    answers = [Answer(question, asked, world) for asked in question.series]
    parts, count = ranked_parts(question, world)
    assert (result.days, len(result.buckets), result.parts) == (answers[0].days, len(answers[0].spans), count)
    if has_others(answers, parts):
        parts = [*parts, OTHERS]
    compared = [Span(each.first, each.last, each.at, each.until) for each in result.compared_buckets]
    columns = len(question.series) + len(question.formulas)
    lines = result.lines
    assert len(result.wholes) == columns
    assert len(lines) == columns * max(1, len(parts))
    for part, found in [(WHOLE, result.wholes), *((part, lines[at :: len(parts)]) for at, part in enumerate(parts))]:
        expected = [told(each, parts, part, compared) for each in answers]
        for each in question.formulas:
            expected.append(calculated(each.text, expected[: len(answers)]))
        for line, plain in zip(found, expected, strict=True):
            agree(line, plain, question.smoothing, has_compared=bool(compared))


Told = tuple[list[Value], Value, list[Value], Value]


def chosen(parts: list[Part], part: Part) -> Callable[[Part], bool]:
    if part == WHOLE:
        return lambda found: True
    return (lambda found: found not in parts) if part == OTHERS else (lambda found: found == part)


def has_others(answers: list[Answer], parts: list[Part]) -> bool:
    if answers[0].question.split is None:
        return False
    is_in = chosen(parts, OTHERS)
    return any(is_there(answer, is_in) for answer in answers)


def is_there(answer: Answer, is_in: Callable[[Part], bool]) -> bool:
    points = answer.points(is_in)
    is_count = answer.points(lambda found: False)[0] == 0
    total = answer.total(is_in)
    return bool(any(points) or total) if is_count else any_known([*points, total])


def any_known(points: list[Value]) -> bool:
    return any(point is not None for point in points)


def told(answer: Answer, parts: list[Part], part: Part, compared: list[Span]) -> Told:
    is_in = chosen(parts, part)
    before: list[Value] = []
    total: Value = 0
    if compared:
        before = answer.points(is_in, compared)
        before = [
            None if span.at and span.at == span.until else value for span, value in zip(compared, before, strict=True)
        ]
        total = answer.total(is_in, Between(compared[0].first, compared[-1].last))
    return answer.points(is_in), answer.total(is_in), before, total


def calculated(text: str, known: list[Told]) -> Told:
    def of(values: tuple[Value, ...]) -> Value:
        return formula_value(text, dict(zip(NAMES, values, strict=False)))

    now, before = (list(map(of, zip(*(each[at] for each in known), strict=True))) for at in (0, 2))  # type: ignore[arg-type]
    totals = [of(tuple(each[at] for each in known)) for at in (1, 3)]  # type: ignore[misc]
    return now, totals[0], before, totals[1] if before else 0


def averaged(values: list[Value], window: int) -> list[Value]:
    found: list[Value] = []
    for place in range(len(values)):
        known = [value for at, value in enumerate(values) if place - window < at <= place and value is not None]
        found.append(sum(known) / len(known) if known else None)
    return found


def agree(line: Series, plain: Told, smoothing: int, *, has_compared: bool) -> None:
    now, total, before, earlier = plain
    if smoothing:
        now, before = averaged(now, smoothing), averaged(before, smoothing)
    close(line.values, now)
    close([line.total], [total])
    if has_compared:
        close(line.compared, before)
        close([line.compared_total], [earlier])


def close(found: Sequence[Value], plain: Sequence[Value]) -> None:
    """The same numbers but for the last digits of sums, and no value where there is none."""
    assert len(found) == len(plain)
    for one, other in zip(found, plain, strict=True):
        if one is None or other is None:
            assert one is None
            assert other is None
        else:
            assert math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)


@pytest.fixture(autouse=True)
def both_ways(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    return ask_both_ways(monkeypatch)


@pytest.fixture
def ask_in_world() -> Callable[..., Asks]:
    """Settle a world in a workspace of its own and ask there. ``watching`` is one of ``WAYS``."""

    def settle(world: World, watching: str = "not") -> Asks:
        workspace = Workspace.objects.create(
            slug=f"world-{Workspace.objects.count()}", name="World", zone=world.zone, week_start=world.week_start
        )
        store_accounts(workspace, world.facts, [1, 2, 3, 4])
        middle = len(world.events) // 2
        if watching == "from the start":
            watch(workspace, world)
        store_events(workspace, world.events[middle:], world, first_id=middle)
        store_merges(workspace, world.merges)
        if watching in ("later", "still filling"):
            watch(workspace, world, most=1 if watching == "still filling" else None)
        store_events(workspace, world.events[:middle], world)
        visible = None if world.visible is None else workspace.accounts.filter(number__in=world.visible)

        def asked(question: TrendQuestion) -> TrendResult:
            with clock.frozen(world.now):
                return ask.ask(question, workspace, visible=visible)

        return asked

    return settle


def ask_many(ask_in_world: Callable[..., Asks], seed: int, questions: int, ways: Sequence[str] = WAYS[:1]) -> None:
    world, rnd = make_world(seed), random.Random(seed + 1)
    asked = ask_in_world(world, rnd.choice(ways))
    for _ in range(questions):
        question = make_question(rnd, world)
        check(question, world, asked(question))


@pytest.mark.timeout(900)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_every_answer_is_the_plain_one(ask_in_world: Any, warehouse_db: None, seed: int) -> None:
    ask_many(ask_in_world, seed, 20)


def test_different_people_are_counted_from_memory(
    ask_in_world: Any, warehouse_db: None, monkeypatch: pytest.MonkeyPatch, both_ways: list[str]
) -> None:
    monkeypatch.setattr("evergrow.insight.trend.watched.MOST_AT_SEVERAL", 1)
    rnd = random.Random(11)
    worlds = [replace(make_world(seed, most=400), visible=None) for seed in range(4)]
    for world in worlds:
        asked = ask_in_world(world)
        for _ in range(6):
            question = by_facts(rnd, world) if rnd.random() < 0.7 else make_question(rnd, world)
            plain = Asked(rnd.choice(EVENTS), Measure.PEOPLE)
            split = question.split and replace(question.split, by=question.split.by[:1])
            question = replace(question, series=(plain,), filters=(), formulas=(), split=split, is_cumulative=False)
            check(question, world, asked(question))
    assert len(both_ways) > 15


@pytest.mark.torture
@pytest.mark.timeout(14_400)
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_every_one_of_many_answers_is_the_plain_one(ask_in_world: Any, warehouse_db: None, seed: int) -> None:
    ask_many(ask_in_world, seed, 50, WAYS)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), way=st.sampled_from(WAYS[1:]))
def test_sets_of_people_by_a_property_or_a_fact_say_what_the_events_say(
    ask_in_world: Any, warehouse_db: None, monkeypatch: pytest.MonkeyPatch, seed: int, way: str
) -> None:
    world, rnd = make_world(seed), random.Random(seed + 1)
    monkeypatch.setattr("evergrow.insight.trend.watched.MOST_AT_SEVERAL", 1)
    asked = ask_in_world(world, way)
    for _ in range(10):
        question = by_a_property(rnd, world)
        result = asked(question)
        check(question, world, result)
        happened = any(each.event == question.first.event for each in world.events)
        if way != "still filling" and happened and question.interval is not Interval.HOUR and world.visible is None:
            assert result.table == "property_people"
    for _ in range(5):
        question = by_facts(rnd, world)
        check(question, world, asked(question))


def from_raw_events(plan: Plan) -> Plan:
    return replace(plan, table="events")


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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
        assert (from_raw.wholes, from_raw.lines) == (from_rollup.wholes, from_rollup.lines)
