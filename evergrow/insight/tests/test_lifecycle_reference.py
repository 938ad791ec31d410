"""Random events and random questions: the store must say what plain loops say, from any table."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from evergrow.customers import criteria as rules
from evergrow.customers.models import Account, Person
from evergrow.insight.as_criteria import Unsaid
from evergrow.insight.lifecycle import ask, behind
from evergrow.insight.lifecycle.question import LifecycleQuestion, State
from evergrow.insight.lifecycle.result import LifecycleResult
from evergrow.insight.period import Between, Interval
from evergrow.insight.presence.source import Subject
from evergrow.insight.tests import presence_reference as reference
from evergrow.insight.tests import worlds
from evergrow.insight.tests.reference import Happened, World
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def make_question(rnd: random.Random, world: World) -> LifecycleQuestion:
    return LifecycleQuestion(
        event=rnd.choice(["", "", *worlds.EVENTS]),
        subject=rnd.choice(list(Subject)),
        interval=rnd.choice((Interval.DAY, Interval.WEEK, Interval.MONTH)),
        range=worlds.make_range(rnd, world),
        filters=worlds.make_filters(rnd),
    )


def answer(question: LifecycleQuestion, world: World, workspace: Workspace) -> LifecycleResult:
    visible = None if world.visible is None else workspace.accounts.filter(number__in=world.visible)
    with clock.frozen(worlds.noon(world)):
        return ask.ask(question, workspace, visible=visible)


def check(question: LifecycleQuestion, world: World, result: LifecycleResult) -> None:
    expected = reference.lifecycle(question, world)
    assert [bucket.first for bucket in result.buckets] == [start for start, _states in expected]
    for moves, (_start, states) in zip(result.moves, expected, strict=True):
        assert {state: moves.of(state) for state in State} == {state: len(who) for state, who in states.items()}
    for before, now in zip(result.moves, result.moves[1:], strict=False):
        assert now.active == now.new + now.returning + now.resurrecting
        assert now.dormant == before.active - now.returning


def compare(seed: int, size: int, each: int) -> None:
    made = [worlds.make(seed + position) for position in range(size)]
    tables = set()
    for position, (world, workspace) in enumerate(zip(made, worlds.settle(made), strict=True)):
        rnd = random.Random(seed + position + 1)
        for _ in range(each):
            question = make_question(rnd, world)
            result = answer(question, world, workspace)
            check(question, world, result)
            check_list(rnd, question, world, workspace)
            tables.add(result.table)
    assert tables == {"activity", "account_day", "events"}


def check_list(rnd: random.Random, question: LifecycleQuestion, world: World, workspace: Workspace) -> None:
    """The list behind one mark names exactly those whom the loops find there."""
    start, states = rnd.choice(reference.lifecycle(question, world))
    state = rnd.choice(list(State))
    visible = None if world.visible is None else workspace.accounts.filter(number__in=world.visible)
    with clock.frozen(worlds.noon(world)):
        found = behind.find(question, workspace, behind.Point(start, state), visible=visible)
    assert {row.number for row in found.rows} == states[state]
    assert found.total == len(states[state])


def test_five_hundred_histories_end_in_the_plain_states(warehouse_db: None) -> None:
    compare(20_260_325, size=10, each=5)


@pytest.mark.torture
@pytest.mark.timeout(3600)
def test_twenty_thousand_histories_end_in_the_plain_states(warehouse_db: None) -> None:
    for batch in range(40):
        compare(1_000_000 * (batch + 1), size=10, each=5)


def test_criteria_mean_those_on_the_list(warehouse_db: None) -> None:
    """A mark saved as criteria finds exactly those on its list, wherever it can be said."""
    made, compared = [replace(worlds.make(seed), visible=None) for seed in range(4)], 0
    for seed, (world, workspace) in enumerate(zip(made, worlds.settle(made), strict=True)):
        rnd, kept = random.Random(seed), set(worlds.PEOPLE) | {80} | set(range(30, 40))
        numbers = kept - set(world.merges)
        Person.objects.bulk_create(Person(workspace=workspace, number=number) for number in numbers)
        Account.objects.create(workspace=workspace, number=900_000, external_id="far", name="Far")
        with clock.frozen(worlds.noon(world)):
            compared += sum(_said(workspace, make_question(rnd, world), rnd) for _ in range(6))
    assert compared > 10


def _said(workspace: Workspace, question: LifecycleQuestion, rnd: random.Random) -> int:
    bucket = rnd.choice(ask.ask(question, workspace).buckets)
    point = behind.Point(bucket.first, rnd.choice(list(State)))
    found = behind.find(question, workspace, point)
    try:
        said = behind.as_criteria(question, workspace, point, found)
    except Unsaid:
        return 0
    parsed = rules.parse(said, found.subject, workspace)
    assert rules.find(workspace, parsed).tolist() == sorted(row.number for row in found.rows), said
    return 1


GOLDEN = {1: [11, 12, 13, 15, 17, 19], 2: [9, 12], 3: [12], 4: [15]}


def test_posthogs_golden_example(warehouse_db: None) -> None:
    """2022 ``test_lifecycle.py``; there a person is new when created, which the data make the same as first seen."""
    events = [
        Happened("$pageview", datetime(2020, 1, day, 12, tzinfo=UTC), person=person)
        for person, days in GOLDEN.items()
        for day in days
    ]
    world = World(events, zone="UTC", today=datetime(2020, 1, 25).date(), facts={"plan": {}})
    [workspace] = worlds.settle([world])
    first = world.today.replace(day=12)
    question = LifecycleQuestion("$pageview", Subject.PERSON, Interval.DAY, Between(first, first + timedelta(days=7)))
    moves = answer(question, world, workspace).moves
    assert [each.new for each in moves] == [1, 0, 0, 1, 0, 0, 0, 0]
    assert [each.returning for each in moves] == [1, 1, 0, 0, 0, 0, 0, 0]
    assert [each.resurrecting for each in moves] == [1, 0, 0, 1, 0, 1, 0, 1]
    assert [-each.dormant for each in moves] == [0, -2, -1, 0, -2, 0, -1, 0]
    check(question, world, answer(question, world, workspace))
    check(
        replace(question, interval=Interval.WEEK),
        world,
        answer(replace(question, interval=Interval.WEEK), world, workspace),
    )
