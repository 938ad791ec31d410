"""The page, the lists behind cells, files and the API of retention."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from evergrow.customers.models import Segment
from evergrow.customers.segments import current
from evergrow.insight.retention import parse
from evergrow.insight.tests.reference import Happened, World
from evergrow.insight.tests.stage import store_accounts, store_events
from evergrow.workspaces.models import Member, Workspace
from evergrow.workspaces.tests.callers import caller

pytestmark = [pytest.mark.django_db, pytest.mark.once]
SignIn = Callable[[Member], Client]
QUERY = {"start": "signup", "back": "login", "range": "4w"}


@pytest.fixture
def stage(workspace: Workspace, warehouse_db: None, frozen: datetime) -> Workspace:
    """Accounts 1 to 3 signed up three weeks ago, 4 two weeks ago; 1 and 4 came back a week later."""
    days = {"signup": [(3, 1), (3, 2), (4, 3), (10, 4)], "login": [(10, 1), (17, 4), (24, 1)]}
    events = [
        Happened(name, datetime(2026, 3, day, 2, tzinfo=UTC), person=account, account=account)
        for name, done in days.items()
        for day, account in done
    ]
    store_accounts(workspace, {"plan": {1: "Pro", 2: "Pro", 3: "Basic"}}, [1, 2, 3, 4])
    store_events(workspace, events, World([]))
    return workspace


def url(name: str, **more: Any) -> str:
    return reverse(f"insight:{name}", kwargs={"workspace": "acme", **more})


def test_the_page_says_the_answer_the_interval_and_what_is_not_over(
    stage: Workspace, carol: Member, sign_in: SignIn
) -> None:
    page = sign_in(carol).get(url("retention"), QUERY).content.decode()
    assert "<b>50.0% in week 1 and 0.0% in week 2</b> came back" in page
    assert "2 of 4 in 2 complete cohorts" in page
    assert "15.0–85.0" in page, "Wilson's interval of 2 in 4"
    assert "1 of 3 accounts · not over yet, left out of the mean" in page
    assert "is-short" in page
    assert 'style="' not in page
    assert b"FROM activity" not in page.encode()


def test_it_says_it_in_chinese_and_managers_see_the_sql(stage: Workspace, alice: Member, sign_in: SignIn) -> None:
    alice.user.language = "zh-hans"
    alice.user.save()
    client = sign_in(alice)
    client.cookies["evergrow_language"] = "zh-hans"
    page = client.get(url("retention"), QUERY).content.decode()
    assert "<b>第 1 周剩 50.0%、第 2 周剩 0.0%</b>" in page
    assert "FROM activity" in page


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"subject": "sessions"}, "never comes back"),
        ({"returning": "brackets", "brackets": "3-1"}, "each after the one before"),
        ({"minimum": "0"}, "whole number from 1"),
        ({"by": "hour"}, "Use one of: day, week, month"),
        ({"of": "back", "on": "property.x", "is": "over", "value": "many"}, "need one number"),
    ],
)
def test_what_cannot_be_asked_is_said_and_nothing_typed_is_lost(
    stage: Workspace, carol: Member, sign_in: SignIn, query: dict[str, str], sentence: str
) -> None:
    response = sign_in(carol).get(url("retention"), {**QUERY, **query})
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert '<option value="signup" selected>' in response.content.decode()


def test_parts_numbers_and_an_empty_range_are_shown(stage: Workspace, carol: Member, sign_in: SignIn) -> None:
    client = sign_in(carol)
    page = client.get(url("retention"), {**QUERY, "split": "account.plan", "part": "=Pro", "show": "value"}).content
    assert b"show everybody" in page
    nobody = {**QUERY, "range": "custom", "from": "2026-01-05", "to": "2026-01-11"}
    assert "<b>Nobody began</b>" in client.get(url("retention"), nobody).content.decode()


def test_the_file_holds_cohorts_means_and_intervals(stage: Workspace, carol: Member, sign_in: SignIn) -> None:
    response = sign_in(carol).get(url("retention_export", form="csv"), {**QUERY, "periods": "1"})
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[:3] == [
        'From,To,Began,Complete columns,Start week,"Start week, share",Week 1,"Week 1, share"',
        "2026-03-02,2026-03-08,3,2,0,0.0,1,0.333333",
        "2026-03-09,2026-03-15,1,2,0,0.0,1,1.0",
    ]
    assert [line.split(",")[0] for line in lines[5:]] == [
        "Weighted mean of complete cells",
        '"95% interval',
        '"95% interval',
    ]
    assert sign_in(carol).get(url("retention_export", form="csv"), {"periods": "no"}).status_code == 422


def behind(client: Client, name: str = "behind", **point: str) -> Any:
    return client.get(url(name, kind="retention", **({"form": "csv"} if "export" in name else {})), {**QUERY, **point})


def test_a_cell_opens_who_stayed_who_left_and_everybody(stage: Workspace, carol: Member, sign_in: SignIn) -> None:
    client, cell = sign_in(carol), {"cohort": "2026-03-02", "column": "1"}
    stayed = behind(client, **cell).content.decode()
    assert "<b>1</b> account" in stayed
    assert "Account 1" in stayed
    assert "came back in week 1" in stayed
    left = behind(client, **cell, state="left").content.decode()
    assert ["Account 1" in left, "Account 2" in left, "Account 3" in left] == [False, True, True]
    assert "<b>3</b> accounts" in behind(client, **cell, state="all").content.decode()
    assert "<b>4</b> accounts" in behind(client).content.decode(), "everybody who began"
    assert "<b>2</b> accounts" in behind(client, column="1").content.decode(), "over all complete cohorts"
    rows = b"".join(behind(client, "behind_export", **cell).streaming_content).decode("utf-8-sig").splitlines()
    assert [row.split(",")[0] for row in rows] == ["Number", "1"]


@pytest.mark.parametrize(
    "point",
    [
        {"cohort": "monday"},
        {"cohort": "2026-03-03"},
        {"column": "99"},
        {"column": "x"},
        {"cohort": "2026-03-23", "column": "2"},
        {"part": "=Pro"},
        {"column": "1", "state": "sad"},
    ],
)
def test_a_cell_that_is_none_is_refused(
    stage: Workspace, carol: Member, sign_in: SignIn, point: dict[str, str]
) -> None:
    assert behind(sign_in(carol), **point).status_code == 422


def test_who_left_becomes_a_segment(stage: Workspace, alice: Member, sign_in: SignIn) -> None:
    query = parse.as_query(parse.from_data({"start": {"event": "signup"}, "back": {"event": "login"}}))
    address = f"{url('behind_keep', kind='retention')}?{query}&cohort=2026-03-02&column=1&state=left"
    sign_in(alice).post(address, {"name": "Gone after a week"})
    assert current(stage, Segment.objects.get()).tolist() == [2, 3]


def test_the_api_answers_as_the_page(stage: Workspace, carol: Member) -> None:
    asked = {
        "start": {"event": "signup"},
        "back": {"event": "login", "filters": []},
        "range": {"last": 4, "unit": "week"},
        "split": {"by": "account.plan"},
    }
    answer = caller(carol).post("/api/v1/questions/retention", asked, content_type="application/json").json()
    assert [cohort["size"] for cohort in answer["whole"]["cohorts"]] == [3, 1, 0, 0]
    assert [cell and cell["came"] for cell in answer["whole"]["cohorts"][0]["cells"]] == [0, 1, 0, 1]
    assert answer["whole"]["cohorts"][1]["cells"][3] is None
    assert answer["whole"]["means"][1]["share"] == 0.5
    assert [(each["value"], each["size"]) for each in answer["series"]] == [("Pro", 2), ("", 1), ("Basic", 1)]
    assert answer["table"] == "account_day"
    assert parse.as_data(parse.from_data(answer["question"])) == answer["question"]


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ({"subject": "sessions"}, "body.subject"),
        ({"returning": "brackets", "brackets": [[2, 1]]}, "body.brackets"),
        ({"start": {"filters": [{"on": "account.secret", "is": "is", "values": ["x"]}]}}, "body.start.filters.0.on"),
    ],
)
def test_the_api_names_the_bad_part(stage: Workspace, carol: Member, asked: dict[str, Any], where: str) -> None:
    answer = caller(carol).post("/api/v1/questions/retention", asked, content_type="application/json")
    assert (answer.status_code, answer.json()["errors"][0]["where"]) == (422, where)
