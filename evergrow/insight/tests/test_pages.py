"""The pages: the question in the address, the answer in words, lists and files behind it, names of events."""

import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import openpyxl
import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from evergrow.customers.models import Affiliation, Person, TeamSeat
from evergrow.insight import actions, event_names
from evergrow.insight.models import EventLabel
from evergrow.insight.tests.reference import Happened, World
from evergrow.insight.tests.stage import store_accounts, store_events
from evergrow.insight.trend import parse
from evergrow.insight.trend.behind import Row
from evergrow.insight.views import form_series, subjects
from evergrow.workspaces.models import AccountScope, AuditEntry, Member, Workspace

pytestmark = [pytest.mark.django_db, pytest.mark.once]
SignIn = Callable[[Member], Client]


@pytest.fixture
def stage(workspace: Workspace, warehouse_db: None, frozen: datetime) -> Workspace:
    """Two accounts logged in last week, three the week before, one this week."""
    days = {16: [1, 2], 9: [1, 2, 3], 24: [1]}
    world = World(
        [
            Happened("login", datetime(2026, 3, day, 2, tzinfo=UTC), person=account, account=account)
            for day, accounts in days.items()
            for account in accounts
        ]
    )
    store_accounts(workspace, {"plan": {1: "Pro", 2: "Basic"}}, [1, 2, 3])
    store_events(workspace, world.events, world)
    return workspace


def url(name: str, **more: Any) -> str:
    return reverse(f"insight:{name}", kwargs={"workspace": "acme", **more})


def test_the_page_says_the_answer_and_compares_only_full_weeks(
    stage: Workspace, carol: Member, sign_in: SignIn
) -> None:
    page = sign_in(carol).get(url("trends"), {"event": "login", "range": "3w", "compare": "before"}).content.decode()
    assert "16–22 Mar: <b>2 accounts, 33.3% fewer than</b> the week before (3)." in page
    assert "There is nothing to compare with" in page
    assert "still running" in page
    assert "Log in" in page
    assert "<code>login</code>" in page


def test_it_says_it_in_chinese(stage: Workspace, carol: Member, sign_in: SignIn) -> None:
    carol.user.language = "zh-hans"
    carol.user.save()
    client = sign_in(carol)
    client.cookies["evergrow_language"] = "zh-hans"
    page = client.get(url("trends"), {"event": "login", "range": "3w"}).content.decode()
    assert "3月16日–22日：<b>2 家客户，较前一周少 33.3%</b>（前一周 3）。" in page


def test_only_those_who_manage_see_the_sql(stage: Workspace, alice: Member, carol: Member, sign_in: SignIn) -> None:
    assert b"FROM activity" in sign_in(alice).get(url("trends")).content
    assert b"FROM activity" not in sign_in(carol).get(url("trends")).content


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"range": "custom", "from": "2026-03-02", "to": "2026-03-01"}, "Swap the two days"),
        ({"range": "custom", "from": "2027-03-02", "to": "2027-03-03"}, "lies in the future"),
        ({"measure": "<script>"}, "“&lt;script&gt;” is not known here"),
        ({"on": "property.x", "is": "over", "value": "many"}, "need one number"),
    ],
)
def test_what_cannot_be_asked_is_said_and_nothing_typed_is_lost(
    stage: Workspace, carol: Member, sign_in: SignIn, query: dict[str, str], sentence: str
) -> None:
    response = sign_in(carol).get(url("trends"), {"event": "login", **query})
    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page
    assert '<option value="login" selected>' in page
    assert "range" not in query or 'value="' + query["from"] in page


def test_a_filter_without_its_value_waits(stage: Workspace, carol: Member, sign_in: SignIn) -> None:
    query = {"event": "login", "range": "3w", "on": "account.plan", "is": "is", "value": ""}
    page = sign_in(carol).get(url("trends"), query).content.decode()
    assert "until then the filter is not used" in page
    assert "<b>2 accounts" in page


def test_values_to_choose_from_are_offered_only_to_those_who_see_all_accounts(
    stage: Workspace, carol: Member, sign_in: SignIn
) -> None:
    query = {"event": "login", "on": "account.plan", "is": "is", "value": ""}
    assert b'<option value="Basic">' in sign_in(carol).get(url("trends"), query).content
    carol.scope = "own"
    carol.save()
    assert b'<option value="Basic">' not in sign_in(carol).get(url("trends"), query).content


def test_a_workspace_without_events_is_told_how_to_get_some(
    workspace: Workspace, warehouse_db: None, frozen: datetime, carol: Member, sign_in: SignIn
) -> None:
    assert b"No events yet" in sign_in(carol).get(url("trends")).content


def test_csv_holds_each_period_and_the_totals(stage: Workspace, carol: Member, sign_in: SignIn) -> None:
    query = {"event": "login", "range": "3w", "split": "account.plan", "top": "3"}
    response = sign_in(carol).get(url("trend_export", form="csv"), query)
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert lines == [
        "From,To,Full period,(not set),Basic,Pro,All together",
        "2026-03-09,2026-03-15,true,1,1,1,3",
        "2026-03-16,2026-03-22,true,0,1,1,2",
        "2026-03-23,2026-03-25,false,0,0,1,1",
        "Different ones in the whole range,,,1,1,1,3",
    ]


def test_excel_holds_the_same(stage: Workspace, carol: Member, sign_in: SignIn) -> None:
    response = sign_in(carol).get(url("trend_export", form="xlsx"), {"event": "login", "range": "3w"})
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    assert [row[3] for row in sheet.iter_rows(values_only=True)] == ["Log in", 3, 2, 1, 3]


TWO = {
    "event": "login",
    "measure": "accounts",
    "event.B": "",
    "measure.B": "count",
    "range": "3w",
    "formula": "B / A",
    "formula_name": "Per account",
}


def test_several_series_and_a_formula_are_read_off_one_page(stage: Workspace, carol: Member, sign_in: SignIn) -> None:
    page = sign_in(carol).get(url("trends"), TWO).content.decode()
    assert "16–22 Mar: <b>1, the same as</b> the week before (1)." in page
    assert "Per account" in page
    assert 'name="event.B"' in page
    assert 'aria-label="Remove the series B"' in page
    assert "event.C=" in page


def test_removing_a_series_takes_its_formulas_along(stage: Workspace, carol: Member, sign_in: SignIn) -> None:
    question = parse.from_query(QueryDict(urlencode(TWO | {"event.C": "login", "formula": "A / C"})))
    assert [each.text for each in form_series.without(question, 1).formulas] == ["A / B"]
    assert form_series.without(question, 0).formulas == ()
    assert form_series.without(question, 0).first.event == ""


def test_a_formula_is_refused_at_its_character_and_stays_as_typed(
    stage: Workspace, carol: Member, sign_in: SignIn
) -> None:
    response = sign_in(carol).get(url("trends"), TWO | {"formula": "A / D"})
    page = response.content.decode()
    assert response.status_code == 422
    assert "There is no series “D”" in page
    assert 'value="A / D"' in page


def test_a_point_of_the_second_series_opens_its_own_list(stage: Workspace, carol: Member, sign_in: SignIn) -> None:
    asked = {"event": "login", "event.B": "login", "measure.B": "people", "range": "3w", "bucket": "2026-03-16"}
    page = sign_in(carol).get(url("trend_behind"), asked | {"series": "B"}).content.decode()
    assert "<b>2</b> people" in page
    assert sign_in(carol).get(url("trend_behind"), asked | {"series": "C"}).status_code == 422


def test_another_form_of_file_is_not_found(stage: Workspace, carol: Member, sign_in: SignIn) -> None:
    assert sign_in(carol).get(url("trend_export", form="pdf")).status_code == 404


def test_the_list_behind_a_point_is_a_page_a_drawer_and_a_file(
    stage: Workspace, carol: Member, sign_in: SignIn
) -> None:
    client, query = sign_in(carol), {"event": "login", "range": "3w", "bucket": "2026-03-16"}
    page = client.get(url("trend_behind"), query).content.decode()
    assert "<b>2</b> accounts" in page
    assert "Account 2" in page
    assert "Account 3" not in page
    headers = {"HX-Request": "true", "HX-Target": "drawer"}
    drawer = client.get(url("trend_behind"), query, headers=headers).content.decode()
    assert "Account 2" in drawer
    assert "<html" not in drawer
    response = client.get(url("trend_behind_export", form="csv"), query)
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert [line.split(",")[:3] for line in lines[1:]] == [["1", "Account 1", "a1"], ["2", "Account 2", "a2"]]


@pytest.mark.parametrize("query", [{"bucket": "monday"}, {"bucket": "2026-03-17"}, {"part": "?"}, {"measure": "x"}])
def test_a_point_that_is_none_is_refused(
    stage: Workspace, carol: Member, sign_in: SignIn, query: dict[str, str]
) -> None:
    client = sign_in(carol)
    assert client.get(url("trend_behind"), query).status_code == 422
    assert client.get(url("trend_behind_export", form="csv"), query).status_code == 422


def test_a_manager_names_an_event_and_everybody_reads_it(
    stage: Workspace, alice: Member, carol: Member, sign_in: SignIn
) -> None:
    named = {"event": "login", "name_zh": "进入", "name_en": "Enter", "is_key": "on"}
    assert sign_in(alice).post(url("label_event"), named).status_code == 302
    assert event_names.of(stage).name("login") == {"zh": "进入", "en": "Enter"}
    assert AuditEntry.objects.get(verb="event.labelled").target_name == "login"
    page = sign_in(carol).get(url("events")).content.decode()
    assert "进入" in page
    assert "<code>login</code>" in page
    assert sign_in(carol).post(url("label_event"), named).status_code == 403


def test_names_that_are_too_long_are_refused(stage: Workspace, alice: Member) -> None:
    with pytest.raises(actions.BadLabel, match="120"):
        actions.label_event(workspace=stage, event="login", name_zh="长" * 121, name_en="", is_key=False, by=alice)
    assert not EventLabel.objects.exists()


def test_one_name_serves_both_languages_until_the_other_is_given(stage: Workspace, alice: Member) -> None:
    actions.label_event(workspace=stage, event="signed", name_zh="", name_en="Signed", is_key=False, by=alice)
    assert event_names.of(stage).name("signed") == {"zh": "Signed", "en": "Signed"}
    assert event_names.of(stage).name("unheard_of") == {"zh": "unheard_of", "en": "unheard_of"}


def test_a_person_behind_a_point_is_not_told_with_accounts_one_may_not_see(workspace: Workspace, bob: Member) -> None:
    store_accounts(workspace, {}, [1, 2])
    mine, theirs = workspace.accounts.order_by("number")
    sam = Person.objects.create(workspace=workspace, number=7, name="Sam")
    for account in (mine, theirs):
        Affiliation.objects.create(account=account, person=sam)
    TeamSeat.objects.create(account=mine, member=bob, role="csm", started_on=date(2026, 1, 1))
    bob.scope = AccountScope.OWN
    bob.save()
    found: Any = SimpleNamespace(subject="person", is_sessions=False, rows=(Row(7, 1, date(2026, 3, 24)),))
    (entry,) = subjects.entries(bob, found)
    assert entry.at == [mine.name]
