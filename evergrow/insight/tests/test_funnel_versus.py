"""Two groups of a funnel against each other: parts of the breakdown, segments; their lists, their interval."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.urls import reverse

from evergrow.customers import criteria as rules
from evergrow.customers.actions.segments import create_segment
from evergrow.customers.models import Person
from evergrow.customers.portrait.statistics import share_difference
from evergrow.insight.conditions import Topic
from evergrow.insight.errors import BadQuestion
from evergrow.insight.funnel import address, ask, behind, parse
from evergrow.insight.funnel.point import Point
from evergrow.insight.funnel.question import FunnelQuestion, Group, Split, Step, Subject
from evergrow.insight.funnel.result import Branch, from_all
from evergrow.insight.period import Interval, Last
from evergrow.insight.tests.reference import Happened, World
from evergrow.insight.tests.stage import store_accounts, store_events, store_merges
from evergrow.insight.trend.result import Part
from evergrow.workspaces.models import Member, Workspace
from evergrow.workspaces.tests.callers import caller

pytestmark = [pytest.mark.django_db, pytest.mark.once]
AB = (Step("A"), Step("B"))
WEEK = Last(7, Interval.DAY)
BY_PLAN = Split(Topic("account", "plan"), 3)
PARTS = (Group("part", "=Pro"), Group("part", "=Basic"))


@pytest.fixture
def stage(workspace: Workspace, warehouse_db: None, frozen: datetime, alice: Member) -> Workspace:
    """Forty people enter, the first twenty at a Pro account; of those 15 come through, of the others 5. 41 is 1."""
    start, events = datetime(2026, 3, 22, 2, tzinfo=UTC), []
    for number in range(1, 41):
        who = {"person": 41 if number == 1 else number, "account": 1 if number <= 20 else 2}
        events.append(Happened("A", start + timedelta(minutes=number), **who))
        if number <= 15 or number > 35:
            events.append(Happened("B", start + timedelta(hours=2, minutes=number), **who))
    store_accounts(workspace, {"plan": {1: "Pro", 2: "Basic"}}, [1, 2])
    store_events(workspace, events, World([]))
    store_merges(workspace, {41: 1})
    Person.objects.bulk_create(Person(workspace=workspace, number=number) for number in range(1, 41))
    for name, numbers in (("Early", range(1, 21)), ("Late", range(19, 41))):
        create_segment(workspace=workspace, name=name, kind="person", numbers=list(numbers), by=alice)
    return workspace


def of_segments(workspace: Workspace) -> FunnelQuestion:
    one, other = (Group("segment", each.key) for each in workspace.segments.order_by("pk"))
    return FunnelQuestion(AB, range=WEEK, versus=(one, other))


def test_two_parts_are_compared_by_newcombes_interval(stage: Workspace) -> None:
    versus = ask.ask(FunnelQuestion(AB, range=WEEK, split=BY_PLAN, versus=PARTS), stage).versus
    assert versus is not None
    assert (versus.one.branch.counts, versus.other.branch.counts) == ((20, 15), (20, 5))
    assert versus.gap == share_difference(15, 20, 5, 20)


def test_two_segments_are_compared_and_their_overlap_is_told(stage: Workspace) -> None:
    versus = ask.ask(of_segments(stage), stage).versus
    assert versus is not None
    assert (versus.one.branch.counts, versus.other.branch.counts) == ((20, 15), (22, 5))
    assert versus.overlap == 2


def test_segments_of_accounts_are_compared_in_funnels_of_accounts(stage: Workspace, alice: Member) -> None:
    for name, number in (("First", 1), ("Second", 2)):
        create_segment(workspace=stage, name=name, kind="account", numbers=[number], by=alice)
    one, other = (Group("segment", each.key) for each in stage.segments.filter(kind="account").order_by("pk"))
    versus = ask.ask(FunnelQuestion(AB, Subject.ACCOUNTS, range=WEEK, versus=(one, other)), stage).versus
    assert versus is not None
    assert (versus.one.branch.counts, versus.other.branch.counts) == ((1, 1), (1, 1))
    with pytest.raises(BadQuestion):
        ask.ask(FunnelQuestion(AB, range=WEEK, versus=(one, other)), stage)


def test_the_list_of_a_segment_is_that_of_its_members_and_follows(stage: Workspace) -> None:
    question, point = of_segments(stage), Point(2, group="one")
    found = behind.behind(question, stage, point)
    assert sorted(row.number for row in found.rows) == list(range(1, 16))
    said = behind.as_criteria(
        question, stage, Point(1, group="two"), behind.behind(question, stage, Point(1, group="two"))
    )
    parsed = rules.parse(said, "person", stage)
    assert rules.find(stage, parsed).tolist() == list(range(19, 41))
    with pytest.raises(BadQuestion):
        behind.behind(FunnelQuestion(AB, range=WEEK), stage, point)


@pytest.mark.parametrize(
    "versus", [["part:=Pro"], ["part:=Pro", "part:=Pro"], ["x:=Pro", "part:-"], ["segment:", "a"], 7]
)
def test_what_are_no_two_groups_is_refused(versus: Any) -> None:
    with pytest.raises(BadQuestion) as refusal:
        parse.from_data({"steps": [{"event": "A"}, {"event": "B"}], "split": {"by": "account.plan"}, "versus": versus})
    assert refusal.value.part == "versus"


def test_parts_need_a_breakdown_and_segments_must_be_there(stage: Workspace) -> None:
    with pytest.raises(BadQuestion):
        parse.from_data({"steps": [{"event": "A"}, {"event": "B"}], "versus": ["part:=Pro", "part:-"]})
    with pytest.raises(BadQuestion):
        ask.ask(FunnelQuestion(AB, versus=(Group("segment", "gone"), Group("segment", "away"))), stage)


def test_a_question_with_groups_is_kept_completely(stage: Workspace) -> None:
    for question in (of_segments(stage), FunnelQuestion(AB, range=WEEK, split=BY_PLAN, versus=PARTS)):
        assert parse.from_data(json.loads(json.dumps(parse.as_data(question)))) == question
        assert address.from_query(QueryDict(address.as_query(question))) == question


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "“Early” (75.0%) against “Late” (22.7%): <b>+52.3 pp</b>"),
        ("zh-hans", "“Early”（75.0%）对“Late”（22.7%）"),
    ],
)
def test_page_file_and_api_say_the_difference(
    stage: Workspace, alice: Member, sign_in: Any, language: str, said: str
) -> None:
    client = sign_in(alice)
    client.cookies["evergrow_language"] = language
    query = address.as_query(of_segments(stage))
    page = client.get(f"{reverse('insight:funnels', args=[stage.slug])}?{query}").content.decode()
    assert said in page
    csv = reverse("insight:funnel_export", kwargs={"workspace": stage.slug, "form": "csv"})
    assert "Early" in b"".join(client.get(f"{csv}?{query}").streaming_content).decode()
    told = caller(alice).post("/api/v1/questions/funnel", parse.as_data(of_segments(stage)), "application/json").json()
    assert [each["counts"] for each in told["versus"]["groups"]] == [[20, 15], [22, 5]]
    assert told["versus"]["overlap"] == 2


def test_a_part_against_everybody_is_a_scaled_difference_from_the_rest() -> None:
    part, whole = Branch(Part("value", "Pro"), (20, 15)), Branch(Part("whole"), (50, 20))
    found, apart = from_all(part, whole), share_difference(15, 20, 5, 30)
    assert found is not None
    assert found.value == pytest.approx(15 / 20 - 20 / 50)
    assert (found.low, found.high) == pytest.approx((apart.low * 0.6, apart.high * 0.6))
    assert from_all(whole, whole) is None
