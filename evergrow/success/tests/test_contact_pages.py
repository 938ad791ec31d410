"""The contact rules on their pages and through the API: changed, tried on the past, what was held back, a budget."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from conftest import NOON, make_member
from evergrow.customers.tests.stage import make_account, make_person, make_seat
from evergrow.lib import clock
from evergrow.success.contact import budget, policy
from evergrow.success.models import ContactPolicy, SendingHours
from evergrow.workspaces.models import AccountScope, Member, Workspace
from evergrow.workspaces.tests.callers import caller

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.once]
SignIn = Callable[[Member], Client]
URL = "/w/acme/settings/contact/"
JSON = {"content_type": "application/json"}
FORM: dict[str, Any] = {
    "is_on": "on",
    "version": "0",
    "limit_channel": ["mail", "", ""],
    "limit_most": ["2", "5", ""],
    "limit_days": ["7", "30", "7"],
    "limit_window": ["calendar", "rolling", "rolling"],
    "quiet_from": ["20:00", ""],
    "quiet_to": ["07:30", ""],
    "quiet_days_0": ["0", "4"],
    "quiet_channels": ["mail", "fax"],
    "when_quiet": "drop",
    "same_hours": "0",
}


def ask(workspace: Workspace, person: Any, subject: str, account: Any, **facts: Any) -> budget.Verdict:
    given = {"channel": "mail", "purpose": f"about {subject}", **facts}
    return budget.reserve(workspace=workspace, person=person, account=account, subject=subject, **given)


def test_rules_are_read_from_the_form_and_a_colleagues_change_or_a_wrong_one_is_refused(
    workspace: Workspace, alice: Member, sign_in: SignIn
) -> None:
    client = sign_in(alice)
    assert "the usual rules" in client.get(URL).content.decode()
    client.post(f"{URL}changes/", FORM)
    rules = policy.current(workspace)
    assert [(each.channel, each.most, each.days, each.is_calendar) for each in rules.limits] == [
        ("mail", 2, 7, True),
        ("", 5, 30, False),
    ]
    assert rules.as_data()["quiet"] == [{"days": [0, 4], "from": "20:00", "to": "07:30"}]
    assert (rules.quiet_channels, rules.drops_when_quiet, rules.same_hours) == ({"mail"}, True, 0)
    for wrong, told in [
        ({"version": "0"}, "Somebody else changed the contact rules meanwhile"),
        ({"limit_most": ["many"]}, "“many” is no whole number"),
        ({"quiet_from": ["8 pm"]}, "“8 pm” is no time of day"),
        ({"quiet_days_0": []}, "Choose the weekdays"),
    ]:
        answer = client.post(f"{URL}changes/", {**FORM, "version": "1", **wrong})
        assert answer.status_code == 422
        assert told in answer.content.decode()
    assert ContactPolicy.objects.get().version == 1
    client.post(f"{URL}hours/", {"own_from": ["09:00"], "own_to": ["12:00"], "own_days_0": ["1"]})
    assert SendingHours.objects.get(member=alice).hours == [{"days": [1], "from": "09:00", "to": "12:00"}]


@pytest.mark.usefixtures("warehouse_db")
def test_rules_are_tried_on_the_past_and_what_was_held_back_is_listed_as_far_as_one_may_see(
    workspace: Workspace, alice: Member, sign_in: SignIn
) -> None:
    account = make_account(workspace)
    person = make_person(account, "Uma Held")
    policy.save(workspace=workspace, data={"limits": [], "quiet": [], "same_hours": 0}, by=None)
    for hour in range(4):
        with clock.frozen(NOON + timedelta(hours=hour)):
            budget.sent(ask(workspace, person, f"m{hour}", account))
    with clock.frozen(NOON + timedelta(hours=5)):
        client, form = sign_in(alice), {**FORM, "quiet_from": [], "quiet_to": []}
        tried = client.post(f"{URL}trial/", form).content.decode()
        assert "Of <b>4 contacts</b>" in tried
        assert "would have held back <b>2</b>, those in force 0" in tried
        client.post(f"{URL}changes/", {**form, "version": "1"})
        late = ask(workspace, person, "m9", account)
        assert (late.granted, late.reason) == (False, "limit")
        page = client.get(f"{URL}not-sent/?reason=limit").content.decode()
        assert page.count("Uma Held") == 1
        assert "the limit of this channel is used up" in page
        card = client.get(f"/w/acme/people/{person.number}/").content.decode()
        assert "Contact budget" in card
        assert "used up" in card
        stranger = sign_in(make_member(workspace, "Dora", scope=AccountScope.OWN))
        assert "Uma Held" not in stranger.get(f"{URL}not-sent/").content.decode()


def test_the_account_that_the_same_was_sent_for_is_named_to_those_who_see_it(
    workspace: Workspace, alice: Member, sign_in: SignIn
) -> None:
    mine, other = make_account(workspace, "Kite Works"), make_account(workspace, "Brookbridge")
    person, dora = make_person(mine), make_member(workspace, "Dora", scope=AccountScope.OWN)
    make_seat(mine, dora)
    policy.save(workspace=workspace, data={"limits": [], "quiet": []}, by=None)
    assert ask(workspace, person, "m1", other, purpose="news").granted
    assert ask(workspace, person, "m2", mine, purpose="news").reason == "same"
    assert "sent for Brookbridge" in sign_in(alice).get(f"{URL}not-sent/").content.decode()
    page = sign_in(dora).get(f"{URL}not-sent/").content.decode()
    assert "the same was sent to this address already" in page
    assert "Brookbridge" not in page


def test_the_api_changes_and_tries_rules_and_tells_what_is_left_of_a_budget(
    workspace: Workspace, alice: Member
) -> None:
    account = make_account(workspace)
    person = make_person(account)
    client = caller(alice)
    read = client.get("/api/v1/contact-rules").json()
    assert (read["version"], read["quiet"][0]["from"]) == (0, "21:00")
    wrong = client.put("/api/v1/contact-rules", {**read, "same_hours": 9999}, **JSON)
    assert (wrong.status_code, wrong.json()["type"]) == (422, "urn:evergrow:problem:PolicyUnreadable")
    changed = client.put(
        "/api/v1/contact-rules", {**read, "limits": [{"channel": "mail", "most": 2, "days": 7}]}, **JSON
    )
    assert (changed.json()["version"], changed.json()["limits"][0]["is_calendar"]) == (1, False)
    assert client.put("/api/v1/contact-rules", read, **JSON).status_code == 409
    assert ask(workspace, person, "one", account).granted
    night = datetime(2026, 3, 25, 15, 0, tzinfo=UTC)
    with clock.frozen(night):
        assert ask(workspace, person, "two", account).not_before == datetime(2026, 3, 26, 0, 0, tzinfo=UTC)
        (row,) = client.get("/api/v1/contact-refusals").json()["items"]
        assert (row["person"], row["reason"], row["state"]) == (person.number, "quiet", "waiting")
        left = client.get(f"/api/v1/people/{person.number}/contact-budget").json()
        assert [(each["used"], each["left"]) for each in left["limits"]] == [(1, 1)]
        assert left["quiet_until"].startswith("2026-03-26T")
        tried = client.post("/api/v1/contact-rules/trial", {**read, "quiet": []}, **JSON).json()
        assert (tried["asked"], tried["in_force"]["all"], tried["tried"]["all"]) == (2, 1, 1)
