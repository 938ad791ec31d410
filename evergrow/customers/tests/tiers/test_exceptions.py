"""A tier by hand: asked with a reason and a last day, approved by another manager, over on the day after."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from conftest import make_member
from evergrow.customers.actions.accounts import NeedsApproval, set_tier
from evergrow.customers.models import Account, AccountTier, TierChange, TierRequest
from evergrow.customers.tests.stage import make_account
from evergrow.customers.tests.tiers.stage import definition, publish
from evergrow.customers.tiers import exceptions, scheme
from evergrow.customers.tiers.deciding import decide
from evergrow.lib import clock
from evergrow.workspaces.models import AuditEntry, Role

pytestmark = pytest.mark.usefixtures("warehouse_db")


@pytest.fixture
def dave(workspace):
    return make_member(workspace, "Dave", Role.MANAGER)


@pytest.fixture
def kite(workspace, frozen):
    publish(workspace)
    return make_account(workspace, "Kite", mrr=10, tier="general")


def asked(kite, by, days=10, **more):
    until = kite.workspace.today() + timedelta(days=days)
    return exceptions.ask(account=kite, tier="vip", reason="Founding customer", until=until, by=by, **more)


def tier_of(account):
    return Account.objects.get(pk=account.pk).tier


def test_an_exception_begins_with_the_approval_of_another_manager(kite, bob, alice):
    request = asked(kite, bob)
    assert tier_of(kite) == "general"
    exceptions.approve(request=request, by=alice)
    assert tier_of(kite) == "vip"
    change = TierChange.objects.get(account=kite)
    assert (change.basis, change.request, change.by) == ("manual", request, alice)
    assert AuditEntry.objects.filter(verb="tier.approved").count() == 1


def test_nobody_approves_their_own_request(kite, alice):
    request = asked(kite, alice)
    with pytest.raises(exceptions.NotYourOwn):
        exceptions.approve(request=request, by=alice)
    assert tier_of(kite) == "general"


def test_operators_do_not_approve_and_lookers_do_not_ask(kite, bob, carol, alice):
    request = asked(kite, alice)
    with pytest.raises(PermissionDenied):
        exceptions.approve(request=request, by=bob)
    with pytest.raises(PermissionDenied):
        asked(kite, carol)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"tier": "gold"}, exceptions.NotATier),
        ({"tier": "general"}, exceptions.SameTier),
        ({"reason": "  "}, exceptions.NeedsReason),
        ({"days": 0}, exceptions.BadLastDay),
        ({"days": 900}, exceptions.BadLastDay),
    ],
)
def test_what_cannot_be_judged_is_not_asked(kite, bob, change, error):
    facts = {"tier": "vip", "reason": "Why", **change}
    until = kite.workspace.today() + timedelta(days=facts.pop("days", 5))
    with pytest.raises(error):
        exceptions.ask(account=kite, until=until, by=bob, **facts)
    assert not TierRequest.objects.exists()


def test_a_second_request_waits_for_the_first(kite, bob, alice):
    asked(kite, bob)
    with pytest.raises(exceptions.AlreadyAsked):
        asked(kite, alice)


def test_a_decided_request_is_not_decided_again(kite, bob, alice, dave):
    request = asked(kite, bob)
    exceptions.refuse(request=request, answer="Too small", by=alice)
    with pytest.raises(exceptions.AlreadyDecided):
        exceptions.approve(request=request, by=dave)
    assert tier_of(kite) == "general"


def test_only_who_asked_takes_a_request_back(kite, bob, alice):
    request = asked(kite, bob)
    with pytest.raises(exceptions.NotYourOwn):
        exceptions.withdraw(request=request, by=alice)
    assert exceptions.withdraw(request=request, by=bob).state == "withdrawn"


def test_the_rule_decides_again_on_the_day_after_the_last(kite, bob, alice, workspace, frozen):
    exceptions.approve(request=asked(kite, bob, days=10), by=alice)
    with clock.frozen(frozen + timedelta(days=10)):
        decide(workspace=workspace)
        assert tier_of(kite) == "vip"
    with clock.frozen(frozen + timedelta(days=11)):
        assert decide(workspace=workspace).ended == 1
        assert decide(workspace=workspace).ended == 0
    assert tier_of(kite) == "general"
    assert list(TierChange.objects.order_by("pk").values_list("basis", flat=True)) == ["manual", "expiry"]
    assert TierRequest.objects.get().state == "ended"


def test_while_an_exception_runs_the_rule_moves_nobody(kite, bob, alice, workspace, frozen):
    exceptions.approve(request=asked(kite, bob, days=100), by=alice)
    for day in range(1, 60, 10):
        with clock.frozen(frozen + timedelta(days=day)):
            decide(workspace=workspace)
    assert tier_of(kite) == "vip"
    assert AccountTier.objects.get(account=kite).ruled == "general"


def test_one_exception_after_another_goes_back_behind_the_first(workspace, frozen, bob, alice):
    publish(workspace, {**scheme.STANDARD_DEFINITION, "approval": True})
    kite = make_account(workspace, "Kite", tier="general")
    until = workspace.today() + timedelta(days=5)
    for tier in ("vip", "strategic"):
        request = exceptions.ask(account=kite, tier=tier, reason="Why", until=until, by=bob)
        exceptions.approve(request=request, by=alice)
    with clock.frozen(frozen + timedelta(days=6)):
        decide(workspace=workspace)
    assert tier_of(kite) == "general"


def test_ended_early_the_rule_decides_at_once(kite, bob, alice):
    exceptions.approve(request=asked(kite, bob), by=alice)
    exceptions.end(account=kite, by=alice)
    assert tier_of(kite) == "general"
    with pytest.raises(exceptions.AlreadyDecided):
        exceptions.end(account=kite, by=alice)


def test_where_rules_decide_nobody_sets_a_tier_directly(kite, alice):
    with pytest.raises(NeedsApproval):
        set_tier(accounts=[kite], tier="vip", by=alice)
    assert tier_of(kite) == "general"


def test_an_unknown_tier_is_refused(workspace, frozen, alice):
    kite = make_account(workspace)
    with pytest.raises(exceptions.NotATier):
        set_tier(accounts=[kite], tier="gold", by=alice)


def test_a_scheme_of_ones_own_brings_its_own_tiers(workspace, frozen, alice):
    own = definition()
    for tier in own["tiers"]:
        tier["criteria"] = None
    own["tiers"].insert(0, {"key": "gold", "name": {"zh": "金牌", "en": "Gold"}, "priority": 9})
    own["tiers"][-1]["priority"] = 10
    publish(workspace, own)
    kite = make_account(workspace)
    assert set_tier(accounts=[kite], tier="gold", by=alice) == 1
    assert Account.objects.get(pk=kite.pk).get_tier_display() == "Gold"
