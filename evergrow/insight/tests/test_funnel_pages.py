"""The funnel page: the question in the address, the answer in words, lists and files behind it, and the API."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from evergrow.customers.models import Segment
from evergrow.customers.segments import current
from evergrow.insight.tests.reference import Happened, World
from evergrow.insight.tests.stage import store_accounts, store_events
from evergrow.workspaces.models import Member, Workspace
from evergrow.workspaces.tests.callers import caller

pytestmark = [pytest.mark.django_db, pytest.mark.once]
SignIn = Callable[[Member], Client]
QUERY = (
    "step=created_project&step=invited_teammate&subject=accounts&window=1&unit=day"
    "&range=custom&from=2026-03-09&to=2026-03-12"
)


@pytest.fixture
def stage(workspace: Workspace, warehouse_db: None, frozen: datetime) -> Workspace:
    """Three accounts create a project, the first and the second invite somebody."""
    events = [
        Happened("created_project", datetime(2026, 3, 10, 2, tzinfo=UTC), person=each, account=each)
        for each in (1, 2, 3)
    ]
    events += [
        Happened("invited_teammate", datetime(2026, 3, 10, 3, tzinfo=UTC), person=each, account=each) for each in (1, 2)
    ]
    store_accounts(workspace, {"plan": {1: "Pro", 2: "Basic"}}, [1, 2, 3])
    store_events(workspace, events, World(events))
    return workspace


def url(name: str, **more: Any) -> str:
    return reverse(f"insight:{name}", kwargs={"workspace": "acme", **more})


def test_the_page_says_the_answer(stage: Workspace, carol: Member, sign_in: SignIn) -> None:
    page = sign_in(carol).get(f"{url('funnels')}?{QUERY}&split=account.plan&over=day").content.decode()
    assert "<b>66.7% of 3 accounts came through all 2 steps</b> (2)." in page
    assert "The largest loss is before “Invite teammate”: 1 of 3 did not come there." in page
    assert "2 ÷ 3 = 66.7%" in page
    assert "Half of the 2 who came there took at most <b>1 h</b>" in page
    assert "Conversion over time" in page


def test_it_says_it_in_chinese(stage: Workspace, carol: Member, sign_in: SignIn) -> None:
    carol.user.language = "zh-hans"
    carol.user.save()
    client = sign_in(carol)
    client.cookies["evergrow_language"] = "zh-hans"
    page = client.get(f"{url('funnels')}?{QUERY}").content.decode()
    assert "<b>3 家客户中有 66.7% 走完全部 2 步</b>（2）。" in page


def test_without_steps_it_asks_for_them(stage: Workspace, carol: Member, sign_in: SignIn) -> None:
    response = sign_in(carol).get(url("funnels"))
    assert response.status_code == 200
    assert b"Choose at least two steps" in response.content
    tried = re.search(r'href="(\?step=[^"]+)"[^>]*>[^<]*Try it', response.content.decode())
    assert tried is not None, "one button leads to a first funnel"
    assert b"Choose at least two steps" not in sign_in(carol).get(url("funnels") + unescape(tried[1])).content


def test_a_workspace_without_events_is_told_how_to_get_some(
    workspace: Workspace, warehouse_db: None, frozen: datetime, carol: Member, sign_in: SignIn
) -> None:
    assert b"No events yet" in sign_in(carol).get(url("funnels")).content


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ("&order=strict&not=login&after=1&before=2", "every other event ends a try already"),
        ("&window=0", "Use a whole number from 1"),
        ("&of=1&on=property.x&is=over&value=many", "need one number"),
    ],
)
def test_what_cannot_be_asked_is_said_and_nothing_typed_is_lost(
    stage: Workspace, carol: Member, sign_in: SignIn, more: str, sentence: str
) -> None:
    query = QUERY.replace("window=1&", "") if "window" in more else QUERY
    response = sign_in(carol).get(f"{url('funnels')}?{query}{more}")
    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    assert '<option value="invited_teammate" selected>' in page


def test_only_those_who_manage_see_the_sql(stage: Workspace, alice: Member, carol: Member, sign_in: SignIn) -> None:
    assert b"arrayFill" in sign_in(alice).get(f"{url('funnels')}?{QUERY}").content
    assert b"arrayFill" not in sign_in(carol).get(f"{url('funnels')}?{QUERY}").content


def test_csv_holds_every_step(stage: Workspace, carol: Member, sign_in: SignIn) -> None:
    response = sign_in(carol).get(f"{url('funnel_export', form='csv')}?{QUERY}")
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert [line.split(",")[:5] for line in lines[1:]] == [
        ["All together", "1", "Create project", "3", ""],
        ["All together", "2", "Invite teammate", "2", "1"],
    ]
    assert sign_in(carol).get(url("funnel_export", form="csv")).status_code == 422


def test_who_was_lost_is_a_list_that_can_be_kept(stage: Workspace, alice: Member, sign_in: SignIn) -> None:
    client, query = sign_in(alice), f"{QUERY}&at=2&lost=1"
    page = client.get(f"{url('behind', kind='funnel')}?{query}").content.decode()
    assert "Lost before step 2: Invite teammate" in page
    assert "Account 3" in page
    assert "Account 2" not in page
    response = client.get(f"{url('behind_export', kind='funnel', form='csv')}?{query}")
    assert b"Account 3" in b"".join(response.streaming_content)
    client.post(f"{url('behind_keep', kind='funnel')}?{query}", {"name": "Lost"})
    assert current(stage, Segment.objects.get()).tolist() == [3]


def test_a_funnel_is_answered_through_the_api_as_on_the_page(stage: Workspace, carol: Member) -> None:
    asked = {
        "steps": [{"event": "created_project"}, {"event": "invited_teammate"}],
        "subject": "accounts",
        "window": {"count": 1, "unit": "day"},
        "range": {"from": "2026-03-09", "to": "2026-03-12"},
        "split": {"by": "account.plan"},
        "over": "week",
    }
    call = caller(carol)
    answer = call.post("/api/v1/questions/funnel", asked, content_type="application/json").json()
    assert answer["whole"]["counts"] == [3, 2]
    assert answer["whole"]["waits"][1]["median"] == 3600
    assert {part["value"]: part["counts"] for part in answer["parts"]} == {"": [1, 0], "Pro": [1, 1], "Basic": [1, 1]}
    assert answer["periods"][0]["counts"] == [3, 2]
    assert answer["is_complete"] is True
    wrong = call.post(
        "/api/v1/questions/funnel", asked | {"order": "any", "counting": "totals"}, content_type="application/json"
    )
    assert (wrong.status_code, wrong.json()["errors"][0]["where"]) == (422, "body.counting")
