"""Sessions behind a mark are rows of their own: whose, when, how long, how much, where, from page to page."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from evergrow.customers.models import Person, Segment
from evergrow.customers.segments import current
from evergrow.insight.funnel import ask as funnel
from evergrow.insight.funnel import behind as funnel_behind
from evergrow.insight.funnel.point import Point as FunnelPoint
from evergrow.insight.funnel.question import FunnelQuestion, Step, Subject
from evergrow.insight.period import Between, Interval
from evergrow.insight.tests import worlds
from evergrow.insight.tests.reference import Happened, World
from evergrow.insight.tests.stage import store_accounts, store_events, store_merges
from evergrow.insight.trend import ask, behind
from evergrow.insight.trend.behind import Point
from evergrow.insight.trend.question import Measure, simple
from evergrow.lib import clock
from evergrow.workspaces.models import Member, Workspace

pytestmark = [pytest.mark.django_db, pytest.mark.once]
START = datetime(2026, 3, 23, 2, tzinfo=UTC)
DAYS = Between(START.date(), START.date())


def after(minutes: float, event: str, page: str = "", **more: Any) -> Happened:
    return Happened(event, START + timedelta(minutes=minutes), properties={"page.url": page} if page else {}, **more)


@pytest.fixture
def stage(workspace: Workspace, warehouse_db: None, frozen: datetime) -> Workspace:
    """Person 1 (2 until merged) has a session of four events and one of a single event 30 minutes later; 3 has one."""
    events = [
        after(0, "open", "https://a.example/", person=1),
        after(10, "login", "https://a.example/in", person=2, account=1),
        after(20, "export", person=1, account=1),
        after(25, "open", "https://a.example/bye", person=1),
        after(55, "login", person=1),
        after(5, "login", person=3, account=2),
    ]
    store_accounts(workspace, {}, [1, 2])
    store_events(workspace, events, World([]))
    store_merges(workspace, {2: 1})
    Person.objects.bulk_create(Person(workspace=workspace, number=number) for number in (1, 3))
    return workspace


def test_a_trend_lists_each_session_with_its_facts(stage: Workspace) -> None:
    question = simple("login", Measure.SESSIONS, Interval.DAY, range=DAYS)
    found = behind.behind(question, stage, Point())
    assert (found.subject, found.total, ask.ask(question, stage).whole.total) == ("session", 3, 3)
    rows = [(row.number, row.session) for row in found.rows]
    assert [(number, each and (each.begins - START).total_seconds() / 60) for number, each in rows] == [
        (1, 55),
        (3, 5),
        (1, 0),
    ]
    first = rows[2][1]
    assert first is not None
    assert (first.seconds, first.events, first.account) == (25 * 60, 4, 1)
    assert (first.first_page, first.last_page) == ("https://a.example/", "https://a.example/bye")
    assert behind.behind(question, stage, Point(), limit=1, offset=1).rows == found.rows[1:2]


def test_a_funnel_lists_each_session_that_came_there(stage: Workspace) -> None:
    question = FunnelQuestion((Step("login"), Step("export")), Subject.SESSIONS, range=DAYS)
    entered = funnel_behind.behind(question, stage, FunnelPoint(1))
    assert (entered.subject, entered.total, funnel.ask(question, stage).whole.counts) == ("session", 3, (3, 1))
    came = funnel_behind.behind(question, stage, FunnelPoint(2))
    assert [(row.number, row.session and row.session.events) for row in came.rows] == [(1, 4)]
    assert came.rows[0].session.begins == START  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("kind", "query"),
    [
        ("trend", "event=login&measure=sessions&from=2026-03-23&to=2026-03-23&interval=day"),
        ("funnel", "step=login&step=export&subject=sessions&from=2026-03-23&to=2026-03-23&at=1"),
    ],
)
def test_page_file_and_segment_of_sessions(
    stage: Workspace, alice: Member, sign_in: Any, kind: str, query: str
) -> None:
    client, known = sign_in(alice), {"workspace": stage.slug, "kind": kind}
    page = client.get(f"{reverse('insight:behind', kwargs=known)}?{query}").content.decode()
    assert "https://a.example/bye" in page
    assert "Account 1" in page
    csv = client.get(f"{reverse('insight:behind_export', kwargs=known | {'form': 'csv'})}?{query}")
    lines = b"".join(csv.streaming_content).decode().splitlines()
    assert len(lines) == 4
    assert "1500" in next(line for line in lines if "https://a.example/bye" in line)
    client.post(f"{reverse('insight:behind_keep', kwargs=known)}?{query}", {"name": "Whose"})
    assert current(stage, Segment.objects.get()).tolist() == [1, 3]


def test_who_sees_some_accounts_sees_of_a_session_what_was_done_there(stage: Workspace) -> None:
    visible = stage.accounts.filter(number=1)
    question = simple("login", Measure.SESSIONS, Interval.DAY, range=DAYS)
    found = behind.behind(question, stage, Point(), visible=visible)
    assert [(row.number, row.session and (row.session.events, row.session.first_page)) for row in found.rows] == [
        (1, (2, "https://a.example/in"))
    ]


def test_lists_are_as_long_as_marks_are_high_in_random_worlds(warehouse_db: None) -> None:
    seeds = range(70, 74)
    made = [worlds.make(seed) for seed in seeds]
    for seed, world, workspace in zip(seeds, made, worlds.settle(made), strict=True):
        rnd = random.Random(seed)
        with clock.frozen(worlds.noon(world)):
            for _ in range(3):
                check_trend(rnd, world, workspace)
                check_funnel(rnd, world, workspace)


def check_trend(rnd: random.Random, world: World, workspace: Workspace) -> None:
    visible = None if world.visible is None else workspace.accounts.filter(number__in=world.visible)
    interval = rnd.choice([Interval.DAY, Interval.WEEK])
    asked_range = worlds.make_range(rnd, world)
    question = simple(rnd.choice(worlds.EVENTS), Measure.SESSIONS, interval, range=asked_range)
    result = ask.ask(question, workspace, visible=visible)
    for bucket, value in rnd.sample(list(zip(result.buckets, result.whole.values, strict=True)), 1):
        found = behind.behind(question, workspace, Point(bucket.first), visible=visible)
        assert found.total == len(found.rows) == (value or 0)
        for row in found.rows:
            assert row.session is not None
            own = sum(
                world.merges.get(event.person, event.person) == row.number
                and row.session.begins <= event.at <= row.session.ends
                and (world.visible is None or event.account in world.visible)
                for event in world.events
            )
            assert own == row.session.events
            assert row.session.begins.astimezone(ZoneInfo(world.zone)).date() <= bucket.last


def check_funnel(rnd: random.Random, world: World, workspace: Workspace) -> None:
    visible = None if world.visible is None else workspace.accounts.filter(number__in=world.visible)
    steps = tuple(Step(name) for name in rnd.sample(worlds.EVENTS, 2))
    question = FunnelQuestion(steps, Subject.SESSIONS, range=worlds.make_range(rnd, world))
    result = funnel.ask(question, workspace, visible=visible)
    for place, count in enumerate(result.whole.counts, 1):
        found = funnel_behind.behind(question, workspace, FunnelPoint(place), visible=visible)
        assert found.total == len(found.rows) == count
        assert all(row.session is not None for row in found.rows)
