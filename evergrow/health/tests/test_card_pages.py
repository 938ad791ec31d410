"""The parts of a draft, cards, overrides and entered values through their pages and the API."""

import json
from typing import Any

import pytest
from django.urls import reverse

from conftest import make_member
from evergrow.health import actions
from evergrow.health.models import AccountHealth, Entry, Override, Scorecard, ScorecardVersion
from evergrow.health.tests import stage
from evergrow.health.tests.stage import TODAY
from evergrow.workspaces.models import Role

pytestmark = [pytest.mark.usefixtures("warehouse_db", "frozen"), pytest.mark.once]
CARD = "standard"


def url(name: str, *arguments: Any) -> str:
    return reverse(f"health:{name}", args=["acme", *arguments])


def draft() -> dict[str, Any]:
    return ScorecardVersion.objects.get(state="draft").definition


def typed(**more: Any) -> dict[str, Any]:
    plain = {"name_en": "Revenue", "name_zh": "收入", "group": "commerce", "weight": 10, "direction": "higher"}
    rows = {"kind": "linear", "value_0": "0", "points_0": "0", "value_1": "100", "points_1": "100"}
    return plain | rows | more


def test_a_manager_adds_a_measure_of_a_trait_and_takes_it_out(workspace: Any, alice: Any, sign_in: Any) -> None:
    stage.account(workspace, 1)
    actions.compute(workspace=workspace)
    client = sign_in(alice)
    assert "A trait of the account" in client.get(url("new_measure", CARD)).content.decode()
    page = url("new_measure", CARD) + "?what=trait"
    assert client.get(page).status_code == 200
    assert client.post(page, typed(trait="mrr", reads="number")).status_code == 302
    made = draft()["groups"][-1]["measures"][-1]
    assert (made["key"], made["source"], made["ask"]["trait"]) == ("revenue", "trait", "mrr")
    editor = client.get(url("draft", CARD))
    assert "Revenue" in editor.content.decode()
    assert editor.context["preview"].accounts == 1
    client.post(url("measure_removal", CARD, "revenue"))
    assert "revenue" not in json.dumps(draft())


def test_points_that_run_against_the_direction_are_refused(workspace: Any, alice: Any, sign_in: Any) -> None:
    page = url("new_measure", CARD) + "?what=trait"
    response = sign_in(alice).post(page, typed(trait="mrr", reads="number", direction="lower"))
    assert response.status_code == 422
    assert "run against the direction" in response.content.decode()


def test_a_measure_counts_people_who_meet_criteria(workspace: Any, alice: Any, sign_in: Any) -> None:
    page = url("new_measure", CARD) + "?what=people"
    criteria = json.dumps({"did": "login", "within": {"days": 30}})
    response = sign_in(alice).post(page, typed(criteria=criteria))
    assert response.status_code == 302
    made = draft()["groups"][-1]["measures"][-1]
    assert made["ask"]["counts"] == "people"
    assert made["ask"]["says"]["zh"] != made["ask"]["says"]["en"]


def test_a_measure_that_observes_something_else_is_another_measure(workspace: Any, alice: Any, sign_in: Any) -> None:
    client = sign_in(alice)
    client.post(url("new_measure", CARD) + "?what=trait", typed(trait="mrr", reads="number"))
    client.post(url("measure", CARD, "revenue"), typed(trait="seats", reads="number"))
    keys = [measure["key"] for measure in draft()["groups"][-1]["measures"]]
    assert keys[-1] == "revenue_2"
    assert "revenue" not in keys


def test_exceptions_are_added_ordered_and_taken_out(workspace: Any, alice: Any, sign_in: Any) -> None:
    client = sign_in(alice)
    for name, value in (("First", 40), ("Second", 20)):
        sent = {"name_en": name, "action": "cap", "value": value, "target": ""}
        sent["criteria"] = json.dumps({"trait": "plan", "is": [name]})
        assert client.post(url("new_exception", CARD), sent).status_code == 302
    client.post(url("exception_order", CARD, "second"))
    assert [rule["key"] for rule in draft()["exceptions"]] == ["second", "first"]
    assert "at most 20" in client.get(url("draft", CARD)).content.decode()
    client.post(url("exception_removal", CARD, "second"))
    assert [rule["key"] for rule in draft()["exceptions"]] == ["first"]
    assert client.post(url("new_exception", CARD), {"name_en": "x", "action": "cap", "value": 1}).status_code == 422


def test_another_card_says_whom_it_judges_and_is_published(workspace: Any, alice: Any, sign_in: Any) -> None:
    client = sign_in(alice)
    client.post(url("new_card"), {"name_en": "First months", "name_zh": "头几个月"})
    key = Scorecard.objects.get(is_default=False).key
    client.post(url("publication", key))
    assert not ScorecardVersion.objects.filter(scorecard__key=key, state="published").exists()
    claim = {"criteria": json.dumps({"trait": "plan", "is": ["Trial"]}), "priority": 1}
    client.post(url("claim", key), claim | {"children": "mean", "own_share": 50})
    client.post(url("publication", key))
    made = ScorecardVersion.objects.get(scorecard__key=key, state="published")
    assert made.definition["roll_up"] == {"children": "mean", "own_share": 0.5}
    assert "First months" in client.get(url("scorecard", key)).content.decode()
    client.post(url("card_away", key))
    assert client.get(url("scorecard", key)).status_code == 404


def test_an_override_is_asked_approved_and_shown_as_such(workspace: Any, alice: Any, sign_in: Any) -> None:
    stage.account(workspace, 1)
    stage.events(workspace, stage.steady_use(1))
    actions.compute(workspace=workspace)
    client = sign_in(alice)
    sent = {"value": 20, "reason": "Sponsor left", "until": "2026-04-10", "mode": "hold", "target": ""}
    assert client.post(url("override_ask", 1), sent | {"reason": ""}).status_code == 200
    assert client.post(url("override_ask", 1), sent).status_code == 302
    one = Override.objects.get()
    client.post(url("override_approval", one.pk))
    one.refresh_from_db()
    assert one.state == "asked"
    other = sign_in(make_member(workspace, "Cara", Role.ADMIN))
    assert "Sponsor left" in other.get(url("overrides")).content.decode()
    other.post(url("override_approval", one.pk))
    actions.compute(workspace=workspace)
    page = other.get(url("account", 1)).content.decode()
    assert "set by hand to 20" in page
    assert "The measures alone come to" in page
    assert "Set by hand" in other.get(reverse("customers:accounts", args=["acme"])).content.decode()
    other.post(url("override_end", one.pk))
    actions.compute(workspace=workspace)
    assert AccountHealth.objects.get().override is None


def test_a_value_is_entered_on_its_page(workspace: Any, alice: Any, sign_in: Any) -> None:
    stage.account(workspace, 1)
    client = sign_in(alice)
    client.post(url("new_measure", CARD) + "?what=entry", typed(entry="mood", name_en="Mood"))
    client.post(url("publication", CARD))
    actions.compute(workspace=workspace)
    assert client.get(url("entry", 1, "mood")).status_code == 200
    assert client.get(url("entry", 1, "other")).status_code == 404
    client.post(url("entry", 1, "mood"), {"value": 70, "on": TODAY.isoformat(), "note": "call"})
    assert Entry.objects.get().value == 70


@pytest.mark.parametrize(("language", "words"), [("en", "Why the scores moved"), ("zh-hans", "得分变化的原因")])
def test_the_portfolio_s_change_speaks_both_languages(
    workspace: Any, alice: Any, sign_in: Any, language: str, words: str
) -> None:
    stage.account(workspace, 1)
    stage.events(workspace, stage.steady_use(1))
    actions.compute(workspace=workspace)
    client = sign_in(alice)
    client.cookies["evergrow_language"] = language
    assert words in client.get(url("change") + "?since=2026-01-01&until=2026-03-25").content.decode()


def test_any_two_days_of_an_account_can_be_compared(workspace: Any, alice: Any, sign_in: Any) -> None:
    stage.account(workspace, 1)
    stage.events(workspace, stage.steady_use(1))
    actions.compute(workspace=workspace)
    response = sign_in(alice).get(url("account", 1) + "?since=2026-02-01&until=2026-03-20")
    told = response.context["told"]
    assert told.now.day.isoformat() <= "2026-03-20"
    assert told.then.day.isoformat() <= "2026-02-01"
