"""Questions through the API: the answer of the page, and refusals that lead to the part."""

from datetime import UTC, datetime
from typing import Any

import pytest

from evergrow.insight.tests.reference import Happened, World
from evergrow.insight.tests.stage import store_accounts, store_events
from evergrow.insight.trend import parse
from evergrow.workspaces.models import Member, Workspace
from evergrow.workspaces.tests.callers import caller

pytestmark = pytest.mark.django_db
JSON = {"content_type": "application/json"}


@pytest.fixture
def stage(workspace: Workspace, warehouse_db: None, frozen: datetime) -> Workspace:
    world = World(
        [
            Happened("login", datetime(2026, 3, day, 2, tzinfo=UTC), person=1, account=account)
            for day, account in ((10, 1), (17, 1), (18, 2), (24, 2))
        ]
    )
    store_accounts(workspace, {"plan": {1: "Pro"}}, [1, 2])
    store_events(workspace, world.events, world)
    return workspace


def test_a_trend_is_answered_as_on_the_page(stage: Workspace, carol: Member) -> None:
    asked = {"event": "login", "range": {"last": 2, "unit": "week"}, "split": {"by": "account.plan"}}
    answer = caller(carol).post("/api/v1/questions/trend", asked, **JSON).json()
    assert answer["whole"]["values"] == [2, 1]
    assert [(line["part"], line["value"], line["values"]) for line in answer["series"]] == [
        ("not_set", "", [1, 1]),
        ("value", "Pro", [1, 0]),
    ]
    assert [bucket["is_complete"] for bucket in answer["buckets"]] == [True, False]
    assert (answer["zone"], answer["table"]) == ("Asia/Shanghai", "activity")
    assert parse.as_data(parse.from_data(answer["question"])) == answer["question"]


def test_days_and_filters_are_read(stage: Workspace, carol: Member) -> None:
    asked = {
        "event": "login",
        "measure": "count",
        "interval": "day",
        "range": {"from": "2026-03-17", "to": "2026-03-18"},
        "filters": [{"on": "account.plan", "is": "is", "values": ["Pro"]}],
    }
    answer = caller(carol).post("/api/v1/questions/trend", asked, **JSON).json()
    assert answer["whole"]["values"] == [1, 0]


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ({"filters": [{"on": "account.secret", "is": "is", "values": ["x"]}]}, "body.filters.0.on"),
        ({"range": {"from": "2027-01-01", "to": "2027-01-02"}}, "body.range.from"),
        ({"colour": "red"}, "body.question.colour"),
    ],
)
def test_a_bad_part_is_named(stage: Workspace, carol: Member, asked: dict[str, Any], where: str) -> None:
    answer = caller(carol).post("/api/v1/questions/trend", asked, **JSON)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"] == where


def test_events_are_listed_with_their_names(stage: Workspace, carol: Member) -> None:
    (event,) = caller(carol).get("/api/v1/events").json()
    assert (event["event"], event["name_zh"], event["times"], event["accounts"]) == ("login", "登录", 4, 2)
