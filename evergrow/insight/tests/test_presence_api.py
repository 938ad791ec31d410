"""Lifecycle, stickiness and engagement through the API: the pages' answers, and refusals that lead to the part."""

from datetime import UTC, datetime
from typing import Any

import pytest

from evergrow.insight import kinds
from evergrow.insight.tests.reference import Happened, World
from evergrow.insight.tests.stage import store_accounts, store_events
from evergrow.workspaces.models import Member, Workspace
from evergrow.workspaces.tests.callers import caller

pytestmark = [pytest.mark.django_db, pytest.mark.once]
JSON = {"content_type": "application/json"}


@pytest.fixture
def stage(workspace: Workspace, warehouse_db: None, frozen: datetime) -> Workspace:
    days = {1: [3, 10, 17], 2: [3, 17], 3: [10], 4: [24]}
    events = [
        Happened("login", datetime(2026, 3, day, 2, tzinfo=UTC), person=account, account=account)
        for account, every in days.items()
        for day in every
    ]
    store_accounts(workspace, {"plan": {1: "Pro"}}, list(days))
    store_events(workspace, events, World(events))
    return workspace


def ask(member: Member, kind: str, **asked: Any) -> Any:
    return caller(member).post(f"/api/v1/questions/{kind}", asked, **JSON)


def test_a_lifecycle_is_answered_as_on_the_page(stage: Workspace, carol: Member) -> None:
    answer = ask(carol, "lifecycle", event="login", range={"last": 4, "unit": "week"}).json()
    told = [[period[name] for name in ("new", "returning", "resurrecting", "dormant")] for period in answer["periods"]]
    assert told == [[2, 0, 0, 0], [1, 1, 0, 1], [0, 1, 1, 1], [1, 0, 0, 2]]
    assert [period["is_complete"] for period in answer["periods"]] == [True, True, True, False]
    assert [period["quick_ratio"] for period in answer["periods"]] == [None, 1, 1, 0.5]
    assert (answer["table"], answer["zone"]) == ("activity", "Asia/Shanghai")


def test_stickiness_is_answered_as_on_the_page(stage: Workspace, carol: Member) -> None:
    asked = {"event": "login", "subject": "accounts", "interval": "week", "range": {"last": 3, "unit": "week"}}
    answer = ask(carol, "stickiness", **asked).json()
    assert (answer["counts"], answer["total"]) == ([3, 1, 0], 4)
    assert ask(carol, "stickiness", **asked, cumulative=True).json()["counts"] == [4, 1, 0]
    days = ask(carol, "stickiness", event="login", subject="accounts", view="ratio", range={"last": 1}).json()["days"]
    assert [(day["day"], day["daily"], day["weekly"], day["monthly"]) for day in days] == [("2026-03-24", 1, 1, 4)]
    assert days[0]["daily_of_monthly"] == pytest.approx(7 / 30 / 4)


def test_engagement_is_answered_as_on_the_page(stage: Workspace, carol: Member) -> None:
    asked = {"subject": "people", "range": {"last": 2, "unit": "month"}, "at": "2026-03-01"}
    answer = ask(carol, "engagement", **asked).json()
    assert answer["periods"][1]["levels"] == [2, 2, 0, 0]
    assert answer["moves"] == [{"was": "new", "now": "1", "count": 2}, {"was": "new", "now": "0", "count": 2}]
    assert (answer["definition"]["version"], answer["came_new"], answer["rose"]) == (0, 4, 0)


@pytest.mark.parametrize("kind", ["lifecycle", "stickiness", "engagement"])
def test_the_told_question_is_the_one_that_is_kept(stage: Workspace, carol: Member, kind: str) -> None:
    told = ask(carol, kind).json()["question"]
    found = kinds.get(kind)
    assert found.data(found.read(told)) == told


@pytest.mark.parametrize(
    ("kind", "asked", "where"),
    [
        ("lifecycle", {"subject": "sessions"}, "body.subject"),
        ("stickiness", {"subject": "sessions"}, "body.subject"),
        ("engagement", {"subject": "sessions"}, "body.subject"),
        ("lifecycle", {"range": {"from": "2027-01-01", "to": "2027-01-02"}}, "body.range.from"),
        ("stickiness", {"range": {"from": "2026-03-25", "to": "2026-03-25"}}, "body.range.from"),
        ("engagement", {"at": "2026-03-02"}, "body.at"),
        ("stickiness", {"least": 0}, "question.least"),
    ],
)
def test_a_refusal_leads_to_the_part(
    stage: Workspace, carol: Member, kind: str, asked: dict[str, Any], where: str
) -> None:
    response = ask(carol, kind, **asked)
    assert response.status_code == 422
    assert where in str(response.json())
