"""A mark saved as criteria means exactly those on its list; what criteria cannot say is not offered."""

import random
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from evergrow.customers import criteria as rules
from evergrow.customers.models import Person, Segment
from evergrow.insight.as_criteria import Unsaid
from evergrow.insight.conditions import Check, Condition, Topic
from evergrow.insight.period import Interval, Last
from evergrow.insight.tests.random_trends import make_question, make_world
from evergrow.insight.tests.stage import store_accounts, store_events, store_merges
from evergrow.insight.trend import ask, behind
from evergrow.insight.trend.behind import Point
from evergrow.insight.trend.criteria import as_criteria
from evergrow.insight.trend.question import Measure, Split, TrendQuestion, simple
from evergrow.insight.trend.result import Part
from evergrow.lib import clock
from evergrow.workspaces.models import AccountScope, Member, Workspace

pytestmark = [pytest.mark.django_db, pytest.mark.once]
EVERY_ACCOUNT = [1, 2, 3, 4, 900_000]
EVERY_PERSON = [1, 2, 3, 4, 5, 6, 8, 70_000]


def test_criteria_mean_those_on_the_list(warehouse_db: None) -> None:
    compared = 0
    for seed in range(5):
        world, rnd = make_world(seed), random.Random(seed)
        workspace = Workspace.objects.create(slug=f"w{seed}", name="W", zone=world.zone, week_start=world.week_start)
        store_accounts(workspace, world.facts, EVERY_ACCOUNT)
        store_events(workspace, world.events, world)
        store_merges(workspace, world.merges)
        people = set(EVERY_PERSON) - set(world.merges)
        Person.objects.bulk_create(Person(workspace=workspace, number=number) for number in people)
        with clock.frozen(datetime.combine(world.today, time(22), ZoneInfo(world.zone)).astimezone(UTC)):
            compared += sum(_compared(workspace, make_question(rnd, world), rnd) for _ in range(5))
    assert compared > 15


def _compared(workspace: Workspace, question: TrendQuestion, rnd: random.Random) -> int:
    """How many points of a question were said as criteria, and found to be the same subjects."""
    question = replace(question, series=question.series[:1], formulas=())
    result, compared = ask.ask(question, workspace), 0
    buckets = [bucket for bucket in result.buckets if not bucket.is_missing]
    for series in (result.whole, *result.series):
        for bucket in (None, rnd.choice(buckets)):
            point = Point((bucket.at or bucket.first) if bucket else None, series.part)
            found = behind.behind(question, workspace, point)
            try:
                said = as_criteria(question, workspace, point, found)
            except Unsaid:
                continue
            parsed = rules.parse(said, found.subject, workspace)
            assert rules.find(workspace, parsed).tolist() == sorted(row.number for row in found.rows), said
            compared += 1
    return compared


def _said(question: TrendQuestion, point: Point, workspace: Workspace) -> Any:
    return as_criteria(question, workspace, point, behind.behind(question, workspace, point))


@pytest.fixture
def store(workspace: Workspace, warehouse_db: None, frozen: datetime) -> Workspace:
    store_accounts(workspace, {"plan": {1: "Pro"}}, [1, 2])
    world = make_world(3)
    store_events(workspace, world.events, world)
    return workspace


def test_the_last_days_move_on_and_other_ranges_stay(store: Workspace) -> None:
    moving = simple("login", range=Last(30, Interval.DAY))
    assert _said(moving, Point(), store) == {"did": "login", "within": {"days": 30}}
    fixed = simple("login", range=Last(2, Interval.WEEK))
    assert _said(fixed, Point(), store) == {"did": "login", "within": {"from": "2026-03-16", "to": "2026-03-25"}}


@pytest.mark.parametrize(
    "question",
    [
        simple(measure=Measure.PEOPLE, filters=(Condition(Topic("account", "plan"), Check.IS, ("Pro",)),)),
        simple(filters=(Condition(Topic("property", "plan"), Check.IS, ("",)),)),
        simple(filters=(Condition(Topic("account", "mrr"), Check.IS, ("100",)),)),
    ],
)
def test_what_criteria_do_not_say_exactly_is_not_said(store: Workspace, question: TrendQuestion) -> None:
    with pytest.raises(Unsaid):
        _said(question, Point(), store)


def test_all_other_values_are_not_said(store: Workspace) -> None:
    question = simple(split=Split(Topic("account", "plan"), 1))
    with pytest.raises(Unsaid):
        _said(question, Point(part=Part("other")), store)


def _keep(client: Client, workspace: Workspace, query: str, **posted: str) -> Any:
    address = reverse("insight:behind_keep", kwargs={"workspace": workspace.slug, "kind": "trend"})
    return client.post(f"{address}?{query}", posted)


def test_a_mark_is_saved_as_a_segment_that_follows(store: Workspace, alice: Member, sign_in: Any) -> None:
    response = _keep(sign_in(alice), store, "event=login&range=30d", name="Logged in", **{"as": "criteria"})
    made = Segment.objects.get()
    assert response.status_code == 302
    assert (made.is_list, made.versions.get().criteria) == (False, {"did": "login", "within": {"days": 30}})


def test_who_sees_some_accounts_saves_lists_only(store: Workspace, bob: Member, sign_in: Any) -> None:
    bob.scope = AccountScope.OWN
    bob.save()
    page = reverse("insight:behind", kwargs={"workspace": store.slug, "kind": "trend"})
    assert b'value="criteria"' not in sign_in(bob).get(f"{page}?event=login&range=30d").content
    _keep(sign_in(bob), store, "event=login&range=30d", name="Logged in", **{"as": "criteria"})
    assert not Segment.objects.exists()
    _keep(sign_in(bob), store, "event=login&range=30d", name="Logged in")
    assert Segment.objects.get().is_list


def test_a_viewer_saves_nothing(store: Workspace, carol: Member, sign_in: Any) -> None:
    assert _keep(sign_in(carol), store, "event=login", name="Mine").status_code == 403
    assert not Segment.objects.exists()


def test_a_kind_without_lists_is_not_found(store: Workspace, carol: Member, sign_in: Any) -> None:
    page = reverse("insight:behind", kwargs={"workspace": store.slug, "kind": "horoscope"})
    assert sign_in(carol).get(page).status_code == 404
