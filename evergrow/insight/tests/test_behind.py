"""The list behind each point holds exactly those that the point counts."""

import random
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.urls import reverse

from evergrow.insight import queries
from evergrow.insight.errors import BadQuestion
from evergrow.insight.tests.random_trends import by_a_property, by_facts, make_question, make_world
from evergrow.insight.tests.reference import Happened, World
from evergrow.insight.tests.stage import store_accounts, store_events, store_merges, watch
from evergrow.insight.trend import ask, behind
from evergrow.insight.trend.behind import Behind, Point
from evergrow.insight.trend.question import ACTIVE, DIFFERENT, FIRST, PER, Asked, Measure, simple
from evergrow.insight.trend.result import Part, Value
from evergrow.lib import clock
from evergrow.workspaces.models import AccountScope, Member, Workspace

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.mark.parametrize("seed", range(10))
def test_a_list_is_as_long_as_its_point_is_high(seed: int, warehouse_db: None) -> None:
    world, rnd = make_world(seed, most=60), random.Random(seed)
    workspace = Workspace.objects.create(slug="w", name="W", zone=world.zone, week_start=world.week_start)
    store_accounts(workspace, world.facts, [1, 2, 3, 4])
    store_events(workspace, world.events, world)
    store_merges(workspace, world.merges)
    if seed % 2:
        watch(workspace, world)
    visible = None if world.visible is None else workspace.accounts.filter(number__in=world.visible)
    with clock.frozen(world.now):
        for _ in range(5):
            make = rnd.choice([make_question, make_question, by_a_property, by_facts])
            question = replace(make(rnd, world), smoothing=0, formulas=())
            result = ask.ask(question, workspace, visible=visible)
            for series in rnd.sample([*result.wholes, *result.lines], min(4, len(result.lines))):
                points = [each for each in zip(result.buckets, series.values, strict=True) if each[1]]
                for bucket, value in rnd.sample(points, min(3, len(points))):
                    point = Point(bucket.at or bucket.first, series.part, place=series.place)
                    check(
                        question.series[series.place], value, behind.behind(question, workspace, point, visible=visible)
                    )


def check(asked: Asked, value: Value, found: Behind) -> None:
    """The list has as many as are counted; of events, those of somebody known; of a statistic, somebody."""
    assert len(found.rows if found.subject == "session" else {row.number for row in found.rows}) == found.total
    if asked.measure in DIFFERENT - {Measure.SESSIONS} or asked.measure in ACTIVE | FIRST:
        assert found.total == value
    elif asked.measure is Measure.COUNT:
        assert sum(row.times for row in found.rows) <= (value or 0)
    elif asked.measure in PER | {Measure.SESSIONS}:
        assert found.total > 0


@pytest.fixture
def three(workspace: Workspace, warehouse_db: None, frozen: datetime) -> Workspace:
    """Account 1 logged in twice this week, account 2 once, account 3 last week; two of the people are one."""
    world = World(
        [
            Happened("login", datetime(2026, 3, 23, 2, tzinfo=UTC), person=1, account=1),
            Happened("login", datetime(2026, 3, 24, 2, tzinfo=UTC), person=2, account=1, properties={"plan": "Pro"}),
            Happened("login", datetime(2026, 3, 24, 2, tzinfo=UTC), person=3, account=2),
            Happened("login", datetime(2026, 3, 20, 2, tzinfo=UTC), person=4, account=3),
            Happened("login", datetime(2026, 3, 24, 3, tzinfo=UTC)),
        ]
    )
    store_accounts(workspace, {}, [1, 2, 3])
    store_events(workspace, world.events, world)
    store_merges(workspace, {2: 1})
    return workspace


def test_the_most_active_come_first(three: Workspace) -> None:
    found = behind.behind(simple("login"), three, Point(datetime(2026, 3, 23).date()))
    assert [(row.number, row.times, str(row.last_day)) for row in found.rows] == [
        (1, 2, "2026-03-24"),
        (2, 1, "2026-03-24"),
    ]


def test_merged_people_are_one_person(three: Workspace) -> None:
    question = simple("login", Measure.PEOPLE)
    assert [(row.number, row.times) for row in behind.behind(question, three, Point()).rows] == [(1, 2), (3, 1), (4, 1)]


def test_a_merge_that_is_taken_back_no_longer_counts(three: Workspace) -> None:
    question = simple("login", Measure.PEOPLE)
    assert ask.ask(question, three).whole.total == 3
    store_merges(three, {2: 2}, version=2)
    assert ask.ask(question, three).whole.total == 4
    assert behind.behind(question, three, Point()).total == 4


def test_a_list_is_paged_and_says_how_long_it_is(three: Workspace) -> None:
    found = behind.behind(simple("login"), three, Point(), limit=1, offset=1)
    assert ([row.number for row in found.rows], found.total) == ([2], 3)


@pytest.mark.parametrize(
    ("point", "part"),
    [(Point(datetime(2026, 3, 24).date()), "bucket"), (Point(part=Part("other")), "part")],
)
def test_a_point_that_is_not_on_the_chart_is_refused(three: Workspace, point: Point, part: str) -> None:
    with pytest.raises(BadQuestion) as refusal:
        behind.behind(simple("login"), three, point)
    assert refusal.value.part == part


def test_a_member_who_sees_some_accounts_counts_only_those(three: Workspace, bob: Member) -> None:
    question = simple("login", Measure.COUNT)
    assert queries.answer(bob, question).whole.total == 5
    bob.scope = AccountScope.OWN
    assert queries.answer(bob, question).whole.total == 0
    three.accounts.get(number=1).team.create(role="csm", member=bob, started_on="2026-01-01")
    result = queries.answer(bob, question)
    assert (result.whole.total, result.table) == (2, "account_day")


def test_the_list_behind_a_point_becomes_a_segment(three: Workspace, alice: Member, sign_in: Any) -> None:
    from evergrow.customers.models import Segment
    from evergrow.customers.segments import current

    address = reverse("insight:trend_behind_keep", kwargs={"workspace": three.slug})
    query = "event=login&measure=accounts&from=2026-03-23&to=2026-03-25&interval=week"
    sign_in(alice).post(f"{address}?{query}", {"name": "Logged in"})
    made = Segment.objects.get()
    assert (made.kind, made.is_list) == ("account", True)
    assert current(three, made).tolist() == [1, 2]
