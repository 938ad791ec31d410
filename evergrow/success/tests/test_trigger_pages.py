"""Triggers on the pages and through the API: made, tried, put in force, paused, and what came of them."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from conftest import NOON, make_member
from evergrow import warehouse
from evergrow.customers.models import Account
from evergrow.lib import clock
from evergrow.success.models import Firing, Playbook, StartRules, Trigger
from evergrow.success.triggers import actions, definition, evaluating, outcome, preview, words
from evergrow.workspaces.models import AccountScope, Member, Workspace
from evergrow.workspaces.tests.callers import caller

pytestmark = pytest.mark.usefixtures("frozen", "warehouse_db")
SignIn = Callable[[Member], Client]
Make = Callable[..., Account]
BIG = {"all": [{"trait": "mrr", "over": 5000}]}
FORM = {
    "name_en": "Grew big",
    "name_zh": "变大了",
    "kind": "enter",
    "about": "account",
    "who_account": json.dumps(BIG),
    "limit": "rolling",
    "most": "1",
    "days": "90",
    "reentry_days": "14",
    "priority": "3",
}
JSON = {"content_type": "application/json"}


@pytest.fixture
def book(make_playbook: Callable[..., Playbook]) -> Playbook:
    return make_playbook("short", {"key": "a"})


def held_back(playbook: Playbook) -> None:
    StartRules.objects.create(playbook=playbook, salt="s", held_out_percent=0, capacity=1)


def test_a_trigger_is_made_tried_published_paused_and_resumed_on_its_pages(
    workspace: Workspace, make_account: Make, book: Playbook, alice: Member, sign_in: SignIn
) -> None:
    for n, mrr in enumerate([9000, 8000, 100], start=1):
        make_account(n, mrr=mrr)
    held_back(book)
    client = sign_in(alice)
    assert "Nothing starts it by itself" in client.get("/w/acme/playbooks/short/?tab=triggers").content.decode()
    unread = client.post("/w/acme/playbooks/short/triggers/new/", {**FORM, "who_account": '{"trait": "mrr"}'})
    assert unread.status_code == 422
    client.post("/w/acme/playbooks/short/triggers/new/", FORM)
    made = Trigger.objects.get()
    url = f"/w/acme/playbooks/triggers/{made.pk}/"
    refused = client.post(f"{url}moves/", {"move": "publish"}, follow=True).content.decode()
    assert "Choose whether accounts that meet the criteria already fire" in refused
    client.post(f"{url}edit/", {**FORM, "existing": "yes"})
    tried = client.get(f"{url}?try=1").content.decode()
    assert "it would fire for <b>2 accounts</b>" in tried
    assert "(over 2 days)" in tried
    assert "客户开始满足以下条件时启动" in tried
    assert Firing.objects.count() == 0
    assert "is in force" in client.post(f"{url}moves/", {"move": "publish"}, follow=True).content.decode()
    evaluating.evaluate(workspace)
    page = client.get(f"{url}?state=waiting").content.decode()
    assert page.count("Brookbridge") == 2
    assert "Nobody was held out" in page
    client.post(f"{url}moves/", {"move": "pause"})
    assert {(row.state, row.reason) for row in Firing.objects.all()} == {("suppressed", "stopped")}
    assert "the trigger was retired while it waited" in client.get(f"{url}?state=suppressed").content.decode()
    client.post(f"{url}moves/", {"move": "resume"})
    made.refresh_from_db()
    assert (made.retired_at, [v.state for v in made.versions.order_by("number")]) == (None, ["retired", "published"])
    client.post(
        "/w/acme/playbooks/short/triggers/rules/", {"held_out_percent": "12.5", "when_full": "wait", "keep_days": "7"}
    )
    assert (StartRules.objects.get().capacity, StartRules.objects.get().held_out_percent) == (None, 12.5)


@pytest.mark.parametrize(
    ("rule", "en", "zh"),
    [
        (
            {"kind": "date", "trait": "renews_on", "offset": -60, "existing": True, "days": None},
            "Starts 60 days before “renewal day”, for: Accounts where MRR is over 5,000. Accounts that meet it already "
            "count too. At most once ever.",
            "在“续约日”之前 60 天启动，针对：",
        ),
        (
            {"kind": "while", "every_days": 7, "most": None, "reentry_days": 3, "priority": 1, "existing": False},
            "and every 7 days while it does: Accounts where MRR is over 5,000. Accounts that meet it already do not "
            "count. As often as it comes true. Not for an account that comes back within 3 days of leaving. Lets",
            "每 7 天再启动一次",
        ),
    ],
)
def test_a_rule_says_what_it_does_in_both_languages(workspace: Workspace, rule: Any, en: str, zh: str) -> None:
    said = words.sentences(definition.read({**rule, "who": {"criteria": BIG}}), workspace)
    assert en in said["en"]
    assert zh in said["zh"]


def test_trying_a_rule_says_what_publishing_it_does_and_only_of_accounts_that_are_seen(
    workspace: Workspace, make_account: Make, book: Playbook, alice: Member
) -> None:
    for n in range(1, 21):
        make_account(n, mrr=6000 if n < 18 else 10, renews_on=date(2026, 3, 25) + timedelta(days=30 + n))
    StartRules.objects.create(playbook=book, salt="s", held_out_percent=30, capacity=5)
    everybody = {"who": {"criteria": BIG}, "existing": True, "most": None}
    for data in (everybody, {**everybody, "kind": "date", "offset": -35}, {**everybody, "kind": "exit"}):
        rule = definition.read(data)
        tried = preview.preview(alice, book, rule)
        made = actions.create_trigger(playbook=book, name={"en": "x"}, data=data, by=None)
        actions.publish(trigger=made, by=None)
        evaluating.evaluate(workspace, list(made.versions.select_related("trigger__playbook", "trigger__workspace")))
        kept = Firing.objects.filter(trigger=made)
        assert tried.fires == kept.count() == {"enter": 17, "date": 5, "exit": 0}[rule.kind]
        for state, count in tried.states.items():
            assert kept.filter(state=state).count() == count
        Firing.objects.filter(trigger=made).delete()
    ahead = preview.preview(alice, book, definition.read({**everybody, "kind": "date", "offset": -35})).ahead
    assert (tried.members, ahead) == (17, 12)
    nobody = make_member(workspace, "Dora", scope=AccountScope.OWN)
    assert preview.preview(nobody, book, definition.read(everybody)).fires == 0


def test_who_sees_some_accounts_is_told_of_these_alone_and_no_starts_a_day_are_told_plainly(
    workspace: Workspace, make_account: Make, book: Playbook, alice: Member, seat: Any, sign_in: SignIn
) -> None:
    dora = make_member(workspace, "Dora", scope=AccountScope.OWN)
    for n in range(1, 6):
        account = make_account(n, mrr=6000)
        if n < 3:
            seat(account, "csm", dora)
    StartRules.objects.create(playbook=book, salt="s", held_out_percent=0, capacity=0)
    data = {"who": {"criteria": BIG}, "existing": True}
    made = actions.create_trigger(playbook=book, name={"en": "Big"}, data=data, by=None)
    page, path = reverse("success:trigger", args=["acme", made.pk]), f"/api/v1/triggers/{made.pk}"
    assert (
        "<b>5</b> would not start: the playbook has 0 starts a day"
        in sign_in(alice).get(f"{page}?try=1").content.decode()
    )
    assert caller(alice).get(f"{path}/draft/preview").json()["capacity"] == 0
    actions.publish(trigger=made, by=None)
    evaluating.evaluate(workspace, list(made.versions.select_related("trigger__playbook", "trigger__workspace")))
    for member, count, unknown in ((alice, 5, 0), (dora, 2, None)):
        assert f"{count} meet it now" in sign_in(member).get(page).content.decode()
        told = caller(member).get(path).json()["published"]
        assert (told["members"], told["unknown"]) == (count, unknown)


def test_fired_accounts_are_compared_with_those_held_out_with_an_interval_or_too_few(
    workspace: Workspace, make_account: Make, book: Playbook, alice: Member
) -> None:
    made = actions.create_trigger(playbook=book, name={"en": "x"}, data={"who": {"criteria": BIG}}, by=None)
    version, at = made.versions.get(), NOON - timedelta(days=40)

    def fire(number: int, state: str, at: Any = at, **facts: Any) -> None:
        account = make_account(number, cancelled_on=facts.pop("cancelled_on", None))
        common = {"workspace": workspace, "trigger": made, "version": version, "playbook": book, "account": account}
        Firing.objects.create(**common, occurrence="enter:1", state=state, at=at, score_then=50, mrr_then=9, **facts)

    for n in range(1, 13):
        fire(n, "started" if n < 11 else "suppressed", reason="" if n < 11 else "late")
    assert outcome.outcome(alice, made).since is None
    for n in range(13, 22):
        fire(n, "held_out", cancelled_on=date(2026, 4, 1) if n < 20 else date(2026, 3, 1))
    fire(30, "suppressed", reason="frequency")
    fire(31, "started", at=NOON - timedelta(days=3))
    after = {n: (70.0 + n % 3, date(2026, 3, 14)) for n in range(1, 13)}
    after |= {n: (40.0 + n % 3, date(2026, 3, 13)) for n in range(13, 23)}
    rows = [
        *((n, day, 1, score) for n, (score, day) in after.items()),
        *((n, date(2026, 3, 14), 0, 1.0) for n in after),
    ]
    insert_scores(workspace.pk, rows)
    few = outcome.outcome(alice, made)
    assert (few.fired, few.started, few.held_out, few.early) == (12, 10, 9, 1)
    assert [(each.gap, each.missing) for each in few.effects] == [(None, 1), (None, 1)]
    fire(22, "held_out")
    health, kept = outcome.outcome(alice, made).effects
    assert (round(health.fired or 0, 2), health.fired_count, health.held_out_count) == (21.0, 12, 10)
    assert health.gap is not None
    assert 60 < health.gap < 75, "the later day counts, and its newest revision"
    assert (kept.fired, kept.held_out, kept.is_real) == (1.0, 0.8, False)


def insert_scores(workspace_id: int, rows: list[tuple[int, date, int, float]]) -> None:
    """Rows of account, day, revision and score."""
    accounts, days, revisions, scores = zip(*rows, strict=True)
    columns = {"account": np.array(accounts, np.uint32), "day": list(days), "revision": np.array(revisions, np.uint32)}
    whose = {"workspace_id": np.full(len(rows), workspace_id, np.uint32), "band": ["risk"] * len(rows)}
    warehouse.insert("health_snapshots", {**whose, **columns, "overall": np.array(scores)})


def test_the_api_makes_tries_and_publishes_a_trigger_and_lists_its_firings(
    workspace: Workspace, make_account: Make, book: Playbook, alice: Member
) -> None:
    make_account(1, mrr=9000)
    client, rule = caller(alice), {"who": {"criteria": BIG}, "existing": True}
    wrong = client.post("/api/v1/playbooks/short/triggers", {"name": {"en": "x"}, "rule": {**rule, "most": 0}}, **JSON)
    assert (wrong.status_code, wrong.json()["errors"][0]["where"]) == (422, "body.most")
    tried = client.post("/api/v1/playbooks/short/triggers/preview", rule, **JSON).json()
    assert (tried["fires"], tried["states"], tried["sample"][0]["account"]) == (1, {"waiting": 1}, 1)
    made = client.post("/api/v1/playbooks/short/triggers", {"name": {"en": "Big"}, "rule": rule}, **JSON).json()
    assert (made["published"], made["draft"]["rule"]["existing"]) == (None, True)
    url = f"/api/v1/triggers/{made['id']}"
    assert client.put(f"{url}/publication").json()["published"]["says"]["zh"].startswith("客户开始满足")
    with clock.frozen(NOON + timedelta(minutes=1)), translation.override("en"):
        evaluating.evaluate(workspace)
    (firing,) = client.get(f"{url}/firings", {"state": "waiting"}).json()["items"]
    assert (firing["account"], firing["run"], firing["occurrence"]) == (1, None, "enter:1")
    assert client.put(f"{url}/pause").json()["suppressed"] == {"stopped": 1}
    assert client.get(f"{url}/outcome").json()["since"] is None
