"""Segments through their addresses: making, drafting, reading, retiring, and who may see whom."""

import io
import json
from datetime import timedelta

import openpyxl
import pytest
from django.urls import reverse

from conftest import NOON, make_member
from evergrow.customers.actions import segments as actions
from evergrow.customers.models import Segment
from evergrow.customers.segments import refresh
from evergrow.customers.tests.segments.stage import found, happen, make_people, members
from evergrow.customers.tests.stage import make_account, make_seat
from evergrow.lib import clock
from evergrow.workspaces.models import AccountScope, AuditEntry
from evergrow.workspaces.tests.callers import caller

pytestmark = [pytest.mark.usefixtures("frozen", "warehouse_db"), pytest.mark.once]
RICH = {"trait": "mrr", "over": 100}


def url(workspace, name="segment", **kwargs):
    return reverse(f"customers:{name}", kwargs={"workspace": workspace.slug, **kwargs})


def read(client, *address, **query):
    return client.get(url(*address, **query)).content.decode()


@pytest.fixture
def rich(workspace):
    for n in range(4):
        make_account(workspace, f"Account {n + 1}", mrr=n * 100)
    segment = actions.create_segment(
        workspace=workspace, name="Rich", name_zh="高价值", kind="account", criteria=RICH, by=None
    )
    found(segment)
    return segment


def test_a_segment_is_made_drafted_and_published_on_its_pages(workspace, bob, sign_in):
    client = sign_in(bob)
    make_account(workspace, "Kite", mrr=500)
    sent = {"name": "Rich", "kind": "account", "pace": "60", "criteria": json.dumps(RICH), "act": "draft"}
    client.post(url(workspace, "segment_new"), sent)
    segment = Segment.objects.get()
    assert (segment.pace, segment.owner, segment.versions.get().state) == (60, bob, "draft")
    assert "This is a draft" in read(client, workspace, key="rich")
    client.post(url(workspace, "segment_publish", key="rich"))
    refresh.refresh_due(workspace)
    assert members(segment) == {1}
    page = read(client, workspace, key="rich")
    assert "Accounts where MRR is over 100" in page
    edit = {"name": "Richer", "pace": "0", "criteria": json.dumps({"trait": "mrr", "over": 900}), "act": "publish"}
    client.post(url(workspace, "segment_edit", key="rich"), edit)
    refresh.refresh_due(workspace)
    assert members(segment) == set()
    assert list(segment.versions.order_by("number").values_list("state", flat=True)) == ["replaced", "published"]
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {"segment.created", "segment.drafted", "segment.published", "segment.edited"} <= verbs


def test_wrong_criteria_are_refused_at_the_part_and_stay_in_the_form(workspace, bob, sign_in):
    wrong = json.dumps({"all": [{"trait": "mrr", "over": "many"}]})
    page = sign_in(bob).post(url(workspace, "segment_new"), {"name": "Rich", "kind": "account", "criteria": wrong})
    assert page.status_code == 400
    assert "all.0" in page.content.decode()
    assert not Segment.objects.exists()


def test_the_list_shows_size_and_what_changed_in_a_week(workspace, rich, carol, sign_in):
    with clock.frozen(NOON + timedelta(days=8)):
        make_account(workspace, "Account 5", mrr=900)
        found(rich)
        page = sign_in(carol).get(url(workspace, "segments")).content.decode()
    assert ">3</b>" in page
    assert "+1" in page
    assert "New segment" not in page, "carol may only look"


def test_the_page_tells_who_came_and_why_somebody_is_out(workspace, rich, carol, sign_in):
    with clock.frozen(NOON + timedelta(days=1)):
        workspace.accounts.filter(number=1).update(mrr=500)
        found(rich)
        page = read(sign_in(carol), workspace, key="rich")
    assert "Account 1" in page
    assert "came in" in page
    why = sign_in(carol).get(url(workspace, "segment_why", key="rich"), {"subject": "2"}).content.decode()
    assert "not in" in why
    assert "MRR is over 100" in why
    look = sign_in(carol).get(url(workspace, "segment_why", key="rich"), {"q": "Account 3"}).content.decode()
    assert "?subject=3" in look


def test_a_member_sees_only_accounts_of_their_own_everywhere(workspace, rich, sign_in):
    dora = make_member(workspace, "Dora", scope=AccountScope.OWN)
    make_seat(workspace.accounts.get(number=3), dora)
    client = sign_in(dora)
    page = read(client, workspace, "segment_members", key="rich")
    assert "Account 3" in page
    assert "Account 4" not in page
    assert "1 of 2 are yours to see" in page
    file = client.get(url(workspace, "segment_export", key="rich"), {"format": "xlsx"})
    rows = list(openpyxl.load_workbook(io.BytesIO(b"".join(file.streaming_content))).active.values)
    assert [row[:2] for row in rows[1:]] == [(3, "Account 3")]
    assert client.get(url(workspace, "segment_why", key="rich"), {"subject": "4"}).status_code == 404


def test_a_segment_in_use_is_not_retired_and_a_retired_one_rests(workspace, rich, bob, sign_in):
    client = sign_in(bob)
    upper = actions.create_segment(
        workspace=workspace, name="Upper", kind="account", criteria={"segment": "rich"}, by=bob
    )
    page = client.post(url(workspace, "segment_retire", key="rich"), follow=True).content.decode()
    assert "These segments stand on it: Upper" in page
    client.post(url(workspace, "segment_retire", key="upper"))
    client.post(url(workspace, "segment_retire", key="rich"))
    rich.refresh_from_db()
    assert rich.is_retired
    assert refresh.refresh_due(workspace).refreshed == []
    client.post(url(workspace, "segment_bring_back", key="rich"))
    rich.refresh_from_db()
    upper.refresh_from_db()
    assert (rich.is_retired, upper.is_retired) == (False, True)


def test_a_copy_is_a_draft(workspace, rich, bob, sign_in):
    page = sign_in(bob).post(url(workspace, "segment_duplicate", key="rich"), follow=True)
    made = Segment.objects.get(key="copy-of-rich")
    assert made.versions.get().state == "draft"
    assert "Copy of Rich" in page.content.decode()


def test_pages_of_accounts_and_people_have_a_card_of_their_segments(workspace, rich, carol, sign_in):
    people = make_people(workspace, 2)
    happen(workspace, "login", NOON, [people[0].number])
    found(actions.create_segment(workspace=workspace, name="Doers", kind="person", criteria={"did": "login"}, by=None))
    client = sign_in(carol)
    assert "Rich</a>" in read(client, workspace, "account", number=4)
    assert "In no segment now" in read(client, workspace, "account", number=1)
    assert "Doers</a>" in read(client, workspace, "person", number=people[0].number)


def test_a_refresh_that_runs_is_told_until_it_is_done(workspace, rich, bob, sign_in):
    client = sign_in(bob)
    client.post(url(workspace, "segment_refresh", key="rich"))
    status = client.get(url(workspace, "segment_status", key="rich"))
    assert "being refreshed" in status.content.decode()
    assert "HX-Refresh" not in status.headers


def test_chinese_readers_read_chinese(workspace, rich, carol, sign_in):
    carol.user.language = "zh-hans"
    carol.user.save()
    page = sign_in(carol).get(url(workspace, key="rich"), headers={"accept-language": "zh-hans"}).content.decode()
    assert "高价值" in page
    assert "分群" in page


def test_a_program_makes_asks_and_explains(workspace, bob):
    for n in range(4):
        make_account(workspace, f"Account {n + 1}", mrr=n * 100)
    client = caller(bob)

    def call(method, path, body=None):
        extra = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
        return client.generic(method, f"/api/v1/segments{path}", **extra)

    made = call("POST", "", {"name": "Rich", "kind": "account", "criteria": RICH}).json()
    assert (made["key"], made["state"], made["sentence"]) == ("rich", "published", "Accounts where MRR is over 100")
    assert call("POST", "/rich/refresh").status_code == 202
    refresh.refresh_due(workspace)
    pieces = call("GET", "/rich/members?limit=1").json()
    assert [item["number"] for item in pieces["items"]] == [3]
    rest = call("GET", f"/rich/members?limit=1&cursor={pieces['next']}").json()
    assert [item["number"] for item in rest["items"]] == [4]
    assert call("GET", "/rich/members/4").json()["is_in"] is True
    why = call("GET", "/rich/members/1/why").json()
    assert [(r["sentence"], r["holds"]) for r in why["reasons"]] == [("MRR is over 100", False)]
    guests = {"name": "Guests", "kind": "account", "members": [1, 99]}
    assert call("POST", "", guests).json()["size"] == 1
    put = call("POST", "/guests/members", {"words": ["3", "nobody"]}).json()
    assert put == {"changed": 1, "unknown": ["nobody"]}
    overlap = call("GET", "/overlap?key=rich&key=guests").json()
    assert {tuple(part["segments"]): part["count"] for part in overlap["parts"]} == {
        ("rich",): 1,
        ("guests",): 1,
        ("rich", "guests"): 1,
    }
    assert call("POST", "/rich/members", {"numbers": [1]}).status_code == 422
    assert "follow from its criteria" in call("POST", "/rich/members", {"numbers": [1]}).json()["detail"]
