"""Random events, definitions and questions: the groups and moves must be those that plain loops find."""

import random
from datetime import date
from itertools import pairwise

import pytest

from evergrow.insight.engagement import ask, behind
from evergrow.insight.engagement.definition import Definition, Group, as_data, from_data
from evergrow.insight.engagement.question import AWAY, BELOW, NEW, EngagementQuestion
from evergrow.insight.engagement.result import EngagementResult
from evergrow.insight.models import EngagementDefinition
from evergrow.insight.period import Interval
from evergrow.insight.presence.source import Subject
from evergrow.insight.tests import presence_reference as reference
from evergrow.insight.tests import worlds
from evergrow.insight.tests.reference import World
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace

TABLES = {"activity", "account_day", "events"}
pytestmark = [pytest.mark.django_db, pytest.mark.once]


def make_definition(rnd: random.Random) -> Definition:
    days, times, groups = 1, rnd.choice([0, 0, 1]), []
    for place in range(rnd.choice([1, 2, 3, 3])):
        groups.append(Group(f"组{place}", f"Group {place}", days, times))
        days, times = days + rnd.choice([1, 2]), times + rnd.choice([0, 0, 1, 3])
    return Definition(
        groups=tuple(groups),
        period=rnd.choice([Interval.WEEK, Interval.MONTH]),
        events=rnd.choice([(), ("login",), ("login", "export")]),
        key_events=rnd.choice([("export",), tuple(worlds.EVENTS)]),
        version=1,
    )


def answer(question: EngagementQuestion, world: World, workspace: Workspace) -> EngagementResult:
    visible = None if world.visible is None else workspace.accounts.filter(number__in=world.visible)
    with clock.frozen(worlds.noon(world)):
        return ask.ask(question, workspace, visible=visible)


def listed(question: EngagementQuestion, world: World, workspace: Workspace, point: behind.Point) -> set[int]:
    visible = None if world.visible is None else workspace.accounts.filter(number__in=world.visible)
    with clock.frozen(worlds.noon(world)):
        found = behind.find(question, workspace, point, visible=visible)
    assert found.total == len(found.rows)
    return {row.number for row in found.rows}


def check(question: EngagementQuestion, world: World, result: EngagementResult) -> None:
    definition, keys = result.definition, result.definition.key_events
    starts = reference.periods(question.range, definition.period, world)
    assert [bucket.first for bucket in result.buckets] == starts
    for bucket, sizes in zip(result.buckets, result.sizes, strict=True):
        found = list(reference.levels(definition, keys, question, world, bucket.first, bucket.last).values())
        assert sizes == tuple(found.count(level) for level in result.levels)
    expected = reference.moves(definition, keys, question, world, result.until.first)
    assert result.moves == {move: len(who) for move, who in expected.items()}
    place = result.buckets.index(result.until)
    assert [result.now(level) for level in result.levels] == list(result.sizes[place])
    if place:
        assert [result.was(level) for level in result.levels] == list(result.sizes[place - 1])
    total = result.rose + result.fell + result.stayed + result.came_new + result.came_back + result.left
    assert total == sum(result.moves.values())


def compare(seed: int, size: int, each: int) -> set[str]:
    """Ask; the tables that answered."""
    made = [worlds.make(seed + position) for position in range(size)]
    tables = set[str]()
    for position, (world, workspace) in enumerate(zip(made, worlds.settle(made), strict=True)):
        rnd = random.Random(seed + position + 1)
        definitions = {subject: make_definition(rnd) for subject in Subject}
        for subject, definition in definitions.items():
            EngagementDefinition.objects.create(
                workspace=workspace, subject=subject, version=1, data=as_data(definition)
            )
        for _ in range(each):
            subject, at = rnd.choice(list(Subject)), None
            question = EngagementQuestion(subject, worlds.make_range(rnd, world), worlds.make_filters(rnd))
            if rnd.random() < 0.5:
                at = rnd.choice(reference.periods(question.range, definitions[subject].period, world))
                question = EngagementQuestion(question.subject, question.range, question.filters, at)
            result = answer(question, world, workspace)
            check(question, world, result)
            check_list(rnd, question, world, workspace, result)
            tables.add(result.table)
    return tables


def check_list(
    rnd: random.Random, question: EngagementQuestion, world: World, workspace: Workspace, result: EngagementResult
) -> None:
    start: date = rnd.choice(result.buckets).first
    expected = reference.moves(result.definition, result.definition.key_events, question, world, start)
    was = rnd.choice([None, NEW, AWAY, *result.levels])
    now = rnd.choice([None, AWAY, *result.levels])
    wanted = {
        who for move, all_ in expected.items() if was in (None, move[0]) and now in (None, move[1]) for who in all_
    }
    assert listed(question, world, workspace, behind.Point(start, was, now)) == wanted


def test_five_hundred_histories_end_in_the_plain_groups(warehouse_db: None) -> None:
    assert compare(20_260_325, size=10, each=4) == TABLES


@pytest.mark.torture
@pytest.mark.timeout(3600)
def test_twenty_thousand_histories_end_in_the_plain_groups(warehouse_db: None) -> None:
    tables = [compare(1_000_000 * (batch + 1), size=10, each=4) for batch in range(40)]
    assert set().union(*tables) == TABLES


def test_random_definitions_nest_and_are_kept_completely() -> None:
    for seed in range(500):
        made = make_definition(random.Random(seed))
        assert from_data(as_data(made), made.version) == made
        for wider, narrower in pairwise(made.groups):
            assert (narrower.days, narrower.key_times) >= (wider.days, wider.key_times)
    assert BELOW == 0
