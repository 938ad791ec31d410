"""The pages of lifecycle, stickiness and engagement: answers in words, lists and files behind their marks."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from evergrow.customers.models import TeamSeat
from evergrow.insight.tests.reference import Happened, World
from evergrow.insight.tests.stage import store_accounts, store_events
from evergrow.workspaces.models import AccountScope, Member, Workspace

pytestmark = [pytest.mark.django_db, pytest.mark.once]
SignIn = Callable[[Member], Client]

# Of each account the days of March it logged in on; today is Wednesday 25 March, weeks begin on Mondays
DAYS = {1: [2, 9, 16, 17, 24], 2: [2, 16], 3: [9, 10, 11], 4: [17]}


@pytest.fixture
def stage(workspace: Workspace, warehouse_db: None, frozen: datetime) -> Workspace:
    events = [
        Happened("login", datetime(2026, 3, day, 2, tzinfo=UTC), person=account, account=account)
        for account, days in DAYS.items()
        for day in days
    ]
    store_accounts(workspace, {"plan": {1: "Pro", 2: "Basic"}}, list(DAYS))
    store_events(workspace, events, World(events))
    return workspace


def url(name: str, **more: Any) -> str:
    return reverse(f"insight:{name}", kwargs={"workspace": "acme", **more})


def get(client: Client, name: str, status: int = 200, **query: str) -> str:
    response = client.get(url(name), query)
    assert response.status_code == status
    return response.content.decode()


def chinese(client: Client, member: Member) -> Client:
    member.user.language = "zh-hans"
    member.user.save()
    client.cookies["evergrow_language"] = "zh-hans"
    return client


def test_a_lifecycle_says_who_was_gained_and_lost(stage: Workspace, carol: Member, sign_in: SignIn) -> None:
    page = get(sign_in(carol), "lifecycle", event="login", range="3w")
    assert "16–22 Mar: <b>2 gained</b> (1 new, 1 back after a pause) <b>and 1 lost</b>." in page
    assert "50.0% of the 2 who were there before came again." in page
    assert "still running" in page
    assert "first “Log in” ever in our store" in page
    assert "A session happens once" in page


def test_it_says_it_in_chinese(stage: Workspace, carol: Member, sign_in: SignIn) -> None:
    client = chinese(sign_in(carol), carol)
    page = get(client, "lifecycle", event="login", range="3w")
    assert "3月16日–22日：<b>增加 2</b>（新增 1，中断后回流 1），<b>流失 1</b>。" in page
    assert "30 天中平均来了" in get(client, "stickiness", event="login")
    assert "未达“有效用户”" in get(client, "engagement", range="2m")


def test_stickiness_says_how_regular_they_are(stage: Workspace, carol: Member, sign_in: SignIn) -> None:
    page = get(sign_in(carol), "stickiness", event="login", subject="accounts", by="week", range="4w")
    assert "4 accounts came, in a mean of 2.3 of 4 weeks." in page
    assert "the last 30 days are those that end with yesterday" in page


def test_stickiness_says_the_share_of_a_month_on_a_mean_day(stage: Workspace, carol: Member, sign_in: SignIn) -> None:
    page = get(sign_in(carol), "stickiness", view="ratio", event="login", subject="accounts", range="7d")
    assert "<b>DAU/MAU is 9.2%</b>: on a mean day 0.4 of 4 accounts were there." in page


def test_power_users_are_set_against_the_days_before(stage: Workspace, carol: Member, sign_in: SignIn) -> None:
    page = get(sign_in(carol), "stickiness", view="power", window="7", event="login", subject="accounts")
    assert "came on 4 or more of the last 7 days; before that 0 did." in page
    assert "The 7 days before" in page


def test_engagement_says_sizes_moves_and_the_definition(stage: Workspace, carol: Member, sign_in: SignIn) -> None:
    page = get(sign_in(carol), "engagement", subject="people", range="2m", at="2026-03-01")
    assert "Mar 2026: <b>Core 0 (0.0%)</b>, Active 0 (0.0%), Valid 3 (75.0%), of 4 people who were there." in page
    assert "Since Feb 2026 <b>0 rose and 0 fell</b> so far; 4 came for the first time" in page
    assert "The built-in definition" in page
    assert "at least 8 days, and key events at least 4 times" in page
    assert '"type": "sankey"' in page


@pytest.mark.parametrize("name", ["lifecycle", "stickiness", "engagement"])
def test_only_those_who_manage_see_the_sql(
    stage: Workspace, alice: Member, carol: Member, sign_in: SignIn, name: str
) -> None:
    assert "FROM activity" in get(sign_in(alice), name)
    assert "FROM activity" not in get(sign_in(carol), name)


@pytest.mark.parametrize(
    ("name", "query", "sentence"),
    [
        ("lifecycle", {"range": "custom", "from": "2027-03-02", "to": "2027-03-03"}, "lies in the future"),
        ("lifecycle", {"subject": "<b>"}, "“&lt;b&gt;” is not known here"),
        ("stickiness", {"range": "custom", "from": "2026-03-25", "to": "2026-03-25"}, "Today is not over"),
        ("stickiness", {"least": "none"}, "whole number from 1 to 1000"),
        ("stickiness", {"range": "4000d"}, "more than 800 intervals"),
        ("engagement", {"at": "2020-01-01"}, "No period of the range begins on this day"),
    ],
)
def test_what_cannot_be_asked_is_said(
    stage: Workspace, carol: Member, sign_in: SignIn, name: str, query: dict[str, str], sentence: str
) -> None:
    page = get(sign_in(carol), name, 422, **query)
    assert sentence in page
    refused = sign_in(carol).get(url(f"{name}_export", form="csv"), query)
    assert refused.status_code == 422


@pytest.mark.parametrize("name", ["lifecycle", "stickiness", "engagement"])
def test_a_workspace_without_events_is_told_how_to_get_some(
    workspace: Workspace, warehouse_db: None, carol: Member, sign_in: SignIn, name: str
) -> None:
    assert "No events yet" in get(sign_in(carol), name)


def csv(client: Client, name: str, **query: str) -> list[str]:
    response = client.get(url(f"{name}_export", form="csv"), query)
    return b"".join(response.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]


def test_files_hold_every_number(stage: Workspace, carol: Member, sign_in: SignIn) -> None:
    client = sign_in(carol)
    lines = csv(client, "lifecycle", event="login", range="3w")
    assert lines[0] == "From,To,Full period,New,Returning,Resurrecting,Dormant,Active,Quick ratio"
    assert lines[2].startswith("2026-03-16,2026-03-22")
    assert lines[2].endswith("1,1,1,1,3,2.0")
    regular = csv(client, "stickiness", event="login", subject="accounts", range="4w", by="week")
    assert [line.split(",")[:2] for line in regular[1:]] == [["1", "1"], ["2", "2"], ["3", "0"], ["4", "1"]]
    assert csv(client, "stickiness", view="ratio", range="7d")[0].startswith("Day,On the day,In 7 days,In 30 days")
    assert csv(client, "engagement", range="1m")[0].endswith("Core,Active,Valid,Below “Valid”,Away")


def behind(client: Client, kind: str, **query: str) -> str:
    response = client.get(url("behind", kind=kind), query)
    assert response.status_code == 200, response.content.decode()
    return response.content.decode()


def test_every_mark_opens_its_list(stage: Workspace, carol: Member, sign_in: SignIn) -> None:
    client = sign_in(carol)
    lost = behind(client, "lifecycle", event="login", range="3w", bucket="2026-03-16", state="dormant")
    assert "Account 3" in lost
    assert "Account 1" not in lost
    assert "Dormant · 16–22 Mar" in lost
    weekly = {"event": "login", "subject": "accounts", "by": "week", "range": "4w"}
    regular = behind(client, "stickiness", **weekly, count="2", more="1")
    assert "Account 1" in regular
    assert "Account 2" in regular
    assert "Account 4" not in regular
    assert "2 weeks or more" in regular
    days = behind(client, "stickiness", event="login", subject="accounts", view="ratio", day="2026-03-17", width="7")
    assert all(f"Account {number}" in days for number in (1, 2, 3, 4))
    moved = behind(client, "engagement", subject="accounts", range="2m", into="2026-03-01", was="-2", now="1")
    assert "New → Valid · Mar 2026" in moved
    assert "Account 1" in moved
    assert "Account 4" not in moved


@pytest.mark.parametrize(
    ("kind", "query"),
    [
        ("lifecycle", {"bucket": "2026-03-17", "state": "new"}),
        ("lifecycle", {"bucket": "2026-03-16", "state": "asleep"}),
        ("lifecycle", {"bucket": "soon", "state": "new"}),
        ("stickiness", {"count": "31"}),
        ("stickiness", {"count": "0"}),
        ("stickiness", {"day": "2026-03-17", "width": "7"}),
        ("stickiness", {"view": "ratio", "day": "2026-03-17", "width": "3"}),
        ("stickiness", {"count": "1", "before": "1"}),
        ("engagement", {"into": "2026-03-02", "now": "1"}),
        ("engagement", {"into": "2026-03-01", "now": "4"}),
        ("engagement", {"into": "2026-03-01", "now": "9"}),
    ],
)
def test_a_mark_that_is_none_is_refused(
    stage: Workspace, carol: Member, sign_in: SignIn, kind: str, query: dict[str, str]
) -> None:
    assert sign_in(carol).get(url("behind", kind=kind), query).status_code == 422


def test_a_list_becomes_a_segment(stage: Workspace, bob: Member, sign_in: SignIn) -> None:
    asked = "event=login&range=3w&bucket=2026-03-16&state=resurrecting"
    for how in ("list", "criteria"):
        response = sign_in(bob).post(f"{url('behind_keep', kind='lifecycle')}?{asked}", {"name": how, "as": how})
        assert response.status_code == 302
        assert "segments" in response["Location"]
    assert {segment.name for segment in stage.segments.all()} == {"list", "criteria"}


def test_answers_hold_only_accounts_one_may_see(stage: Workspace, bob: Member, sign_in: SignIn) -> None:
    bob.scope = AccountScope.OWN
    bob.save()
    account = stage.accounts.get(number=1)
    TeamSeat.objects.create(account=account, member=bob, role="csm", started_on=date(2026, 1, 1))
    client = sign_in(bob)
    assert "1 gained" not in get(client, "lifecycle", event="login", range="3w")
    lines = csv(client, "stickiness", event="login", subject="accounts", range="4w", by="week")
    assert sum(int(line.split(",")[1]) for line in lines[1:]) == 1
    listed = behind(client, "engagement", subject="accounts", range="2m", into="2026-03-01")
    assert "Account 1" in listed
    assert "Account 2" not in listed
