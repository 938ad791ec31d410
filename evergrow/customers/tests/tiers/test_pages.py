"""The pages: from a draft through its preview to moves, requests and uses."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from conftest import make_member
from evergrow.customers.models import (
    Account,
    AccountTier,
    EditionState,
    EntitlementUse,
    TierRequest,
    TierReview,
    TierScheme,
)
from evergrow.customers.tests.stage import make_account, make_seat
from evergrow.customers.tests.tiers.stage import at_least, definition, publish
from evergrow.customers.tiers import document
from evergrow.customers.tiers.deciding import decide
from evergrow.workspaces import jobs
from evergrow.workspaces.models import AccountScope, Role

pytestmark = pytest.mark.usefixtures("warehouse_db")


def at(workspace, name, **kwargs):
    return reverse(f"customers:{name}", kwargs={"workspace": workspace.slug, **kwargs})


def text_of(client, *place, **kwargs):
    answer = client.get(at(*place, **kwargs))
    assert answer.status_code == 200
    return answer.content.decode()


VIP = {
    "key": "vip",
    "zh": "VIP",
    "en": "VIP",
    "priority": 2,
    "load": 3,
    "review_months": 6,
    "look": "outline",
    "icon": "star",
    "criteria": json.dumps({"all": [at_least("mrr", 1000)]}),
}


def test_from_a_draft_with_a_rule_to_moves(workspace, frozen, alice, sign_in):
    kite, _swan = make_account(workspace, "Kite", mrr=2000), make_account(workspace, "Swan", mrr=20, tier="vip")
    client = sign_in(alice)
    assert client.post(at(workspace, "tier_rule", key="vip"), VIP).status_code == 302
    assert TierScheme.objects.get().state == EditionState.DRAFT
    shown = text_of(client, workspace, "tier_preview")
    assert "1 of 2 accounts would rise" in shown
    assert "1 would fall" in " ".join(shown.split()) or "and 1 would fall" in shown
    assert "Kite" in shown
    assert "Swan" in shown
    assert Account.objects.get(pk=kite.pk).tier == "general"
    client.post(at(workspace, "tier_publication"))
    assert TierScheme.objects.get().state == EditionState.PUBLISHED
    assert jobs.run_next()
    assert AccountTier.objects.get(account=kite).pending == "vip"
    page = text_of(client, workspace, "tiers")
    assert "Moves that wait" in page
    card = text_of(client, workspace, "account", number=kite.number)
    assert "Qualifies for VIP since today" in card
    assert "takes effect on" in card


def test_a_bad_rule_is_refused_and_the_draft_stays(workspace, alice, sign_in):
    client = sign_in(alice)
    wrong = {**VIP, "criteria": json.dumps({"all": [{"trait": "mrr", "larger": 5}]})}
    answer = client.post(at(workspace, "tier_rule", key="vip"), wrong)
    assert answer.status_code == 422
    assert TierScheme.objects.get().definition["tiers"][1].get("criteria") is None


def test_equal_priorities_are_refused(workspace, alice, sign_in):
    answer = sign_in(alice).post(at(workspace, "tier_rule", key="vip"), {**VIP, "priority": 1})
    assert answer.status_code == 422
    assert "same priority" in answer.content.decode()


def test_looking_at_the_editor_begins_no_draft(workspace, alice, sign_in):
    text_of(sign_in(alice), workspace, "tier_draft")
    assert not TierScheme.objects.exists()


def test_a_tier_and_an_entitlement_of_ones_own(workspace, alice, sign_in):
    client = sign_in(alice)
    client.post(at(workspace, "tier_rule", key="general"), {**VIP, "key": "general", "priority": 9, "en": "General"})
    gold = {**VIP, "key": "gold", "en": "Gold", "zh": "金牌", "priority": 5, "criteria": ""}
    assert client.post(at(workspace, "tier_rule", key="new"), gold).status_code == 302
    hours = {"key": "onsite", "en": "Days on site", "kind": "quantity", "period": "month", "grant-gold": "2"}
    assert client.post(at(workspace, "tier_entitlement", key="new"), hours).status_code == 302
    draft = TierScheme.objects.get().definition
    assert [tier["key"] for tier in draft["tiers"]] == ["strategic", "vip", "gold", "general"]
    assert draft["entitlements"][-1]["grants"] == {"gold": 2.0}
    client.post(at(workspace, "tier_removal", key="gold"))
    assert TierScheme.objects.get().definition["entitlements"][-1]["grants"] == {}


def test_a_scheme_is_exported_and_put_into_a_draft(workspace, alice, sign_in):
    client = sign_in(alice)
    text = client.get(at(workspace, "tier_export")).content.decode()
    assert document.read(text, "tiers")["tiers"][0]["key"] == "strategic"
    own = document.write(definition(), "tiers")
    client.post(at(workspace, "tier_upload"), {"file": SimpleUploadedFile("tiers.yaml", own.encode())})
    assert TierScheme.objects.get().definition["up"] == {"days": 7}
    client.post(at(workspace, "tier_upload"), {"file": SimpleUploadedFile("x.yaml", b"evergrow: icp")})
    assert TierScheme.objects.get().definition["up"] == {"days": 7}


def test_an_exception_is_asked_in_the_drawer_and_approved_on_the_page(workspace, frozen, alice, bob, sign_in):
    publish(workspace)
    kite = make_account(workspace, "Kite", mrr=5)
    until = (workspace.today() + timedelta(days=30)).isoformat()
    sent = {"tier": "vip", "reason": "Founding customer", "until": until}
    assert sign_in(bob).post(at(workspace, "tier_ask", number=kite.number), sent).status_code == 302
    asked = TierRequest.objects.get()
    assert "Founding customer" in text_of(sign_in(alice), workspace, "tiers")
    sign_in(alice).post(at(workspace, "tier_approval", pk=asked.pk))
    assert Account.objects.get(pk=kite.pk).tier == "vip"
    shown = text_of(sign_in(bob), workspace, "account_tab", number=kite.number, tab="tier")
    assert "Exception until" in shown


def test_who_asked_is_told_that_another_manager_decides(workspace, frozen, alice, sign_in):
    publish(workspace)
    kite = make_account(workspace, "Kite", mrr=5)
    until = (workspace.today() + timedelta(days=30)).isoformat()
    client = sign_in(alice)
    client.post(at(workspace, "account_tier", number=kite.number), {"tier": "vip", "reason": "x", "until": until})
    asked = TierRequest.objects.get()
    answer = client.post(at(workspace, "tier_approval", pk=asked.pk), follow=True)
    assert "Another manager has to approve it" in answer.content.decode()
    assert TierRequest.objects.get().state == "asked"


def test_the_list_asks_for_exceptions_where_rules_decide(workspace, frozen, alice, sign_in):
    publish(workspace)
    accounts = [make_account(workspace, f"Kite {n}", mrr=5) for n in range(3)]
    until = (workspace.today() + timedelta(days=30)).isoformat()
    sent = {"account": [a.number for a in accounts], "tier": "vip", "reason": "Fair guests", "until": until}
    sign_in(alice).post(at(workspace, "accounts_tier"), {**sent, "query": "", "everything": "0"})
    assert TierRequest.objects.filter(state="asked").count() == 3
    assert set(Account.objects.values_list("tier", flat=True)) == {"general"}


def test_a_review_is_written_down_and_the_next_one_set(workspace, frozen, bob, sign_in):
    kite = make_account(workspace, "Kite", tier="vip")
    decide(workspace=workspace)
    sign_in(bob).post(at(workspace, "tier_review", number=kite.number), {"note": "Still fine"})
    assert TierReview.objects.get().note == "Still fine"
    assert AccountTier.objects.get(account=kite).review_on.isoformat() == "2026-09-25"


def test_a_use_is_written_down_and_taken_back(workspace, frozen, bob, sign_in):
    kite = make_account(workspace, "Kite", tier="vip")
    client = sign_in(bob)
    sent = {"entitlement": "training", "quantity": 1, "on": workspace.today().isoformat()}
    assert client.post(at(workspace, "entitlement_use", number=kite.number), sent).status_code == 302
    client.post(at(workspace, "entitlement_use", number=kite.number), sent)
    answer = client.post(at(workspace, "entitlement_use", number=kite.number), sent)
    assert "Say why more is given" in answer.content.decode()
    line = EntitlementUse.objects.first()
    client.post(at(workspace, "entitlement_reversal", number=kite.number, pk=line.pk), {"note": "no"})
    assert EntitlementUse.objects.count() == 3
    assert "counter-entry" in text_of(client, workspace, "account_tab", number=kite.number, tab="tier")


def test_members_see_only_their_own_accounts_here(workspace, frozen, sign_in):
    erin = make_member(workspace, "Erin", Role.MANAGER, scope=AccountScope.OWN)
    mine, hidden = make_account(workspace, "Mine", mrr=2000), make_account(workspace, "Hidden", mrr=3000)
    make_seat(mine, erin)
    publish(workspace)
    decide(workspace=workspace)
    asked = hidden.tier_requests.create(tier="vip", reason="Secret", until=workspace.today() + timedelta(days=9))
    client = sign_in(erin)
    page = text_of(client, workspace, "tiers")
    assert "Mine" in page
    assert "Hidden" not in page
    assert "Secret" not in page
    assert client.post(at(workspace, "tier_approval", pk=asked.pk)).status_code == 404
    assert client.get(at(workspace, "entitlement_use", number=hidden.number)).status_code == 404


def test_waiting_moves_are_found_in_the_list(workspace, frozen, alice, sign_in):
    make_account(workspace, "Rising", mrr=2000)
    make_account(workspace, "Falling", mrr=5, seats=1, tier="vip")
    make_account(workspace, "Unknown", mrr=5, tier="strategic")
    publish(workspace)
    decide(workspace=workspace)
    client = sign_in(alice)
    for way, name in (("up", "Rising"), ("down", "Falling"), ("held", "Unknown")):
        page = client.get(at(workspace, "accounts") + f"?view=all&tier_move={way}&columns=name,tier_move").content
        found = [each for each in ("Rising", "Falling", "Unknown") if f">{each}<" in page.decode()]
        assert found == [name]
    assert client.get(at(workspace, "accounts") + "?view=all&sort=tier_move").status_code == 200


def test_evidence_stands_beside_a_move(workspace, frozen, alice, sign_in):
    kite = make_account(workspace, "Kite", mrr=2000)
    publish(workspace, definition(up={"days": 0}))
    decide(workspace=workspace)
    shown = text_of(sign_in(alice), workspace, "account_tab", number=kite.number, tab="tier")
    assert "Evidence" in shown
    assert "no value" in shown  # seats are not known
    assert "2000" in shown


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_pages_read_in_both_languages(workspace, frozen, alice, language, sign_in):
    kite = make_account(workspace, "Kite", mrr=2000, status="active")
    publish(workspace)
    decide(workspace=workspace)
    alice.user.language = language
    alice.user.save()
    client = sign_in(alice)
    for name in ("tiers", "tier_scheme", "tier_draft", "entitlements"):
        assert client.get(at(workspace, name), headers={"accept-language": language}).status_code == 200
    assert client.get(at(workspace, "account_tab", number=kite.number, tab="tier")).status_code == 200
