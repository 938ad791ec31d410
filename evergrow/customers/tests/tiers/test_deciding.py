"""The night: rules asked of the real store, moves written down, nothing twice."""

from datetime import date, timedelta

import pytest

from evergrow.customers.models import Account, AccountTier, TierBasis, TierChange
from evergrow.customers.tests.stage import make_account
from evergrow.customers.tests.tiers.stage import at_least, definition, publish
from evergrow.customers.tiers.deciding import decide
from evergrow.lib import clock

pytestmark = pytest.mark.usefixtures("warehouse_db")


def nights(workspace, frozen, days):
    """Run every night from day ``days[0]`` to ``days[1]`` after the frozen one."""
    for day in range(days[0], days[1] + 1):
        with clock.frozen(frozen + timedelta(days=day)):
            decide(workspace=workspace)


def tier_of(account):
    return Account.objects.get(pk=account.pk).tier


def test_a_growing_account_rises_after_a_week_with_its_evidence(workspace, frozen):
    kite = make_account(workspace, "Kite", mrr=1500)
    scheme = publish(workspace)
    nights(workspace, frozen, (0, 6))
    waiting = AccountTier.objects.get(account=kite)
    assert tier_of(kite) == "general"
    assert (waiting.pending, waiting.pending_since, waiting.pending_on) == ("vip", date(2026, 3, 25), date(2026, 4, 1))
    nights(workspace, frozen, (7, 8))
    assert tier_of(kite) == "vip"
    change = TierChange.objects.get(account=kite)
    assert (change.from_tier, change.to_tier, change.basis, change.scheme) == ("general", "vip", "rule", scheme)
    assert change.on == date(2026, 4, 1)
    (strategic, vip) = change.evidence
    assert (strategic["tier"], strategic["holds"], vip["tier"], vip["holds"]) == ("strategic", False, "vip", True)
    assert vip["conditions"][0] == {
        "condition": at_least("mrr", 1000),
        "holds": True,
        "found": "1500",
        "is_unknown": False,
    }
    assert kite.timeline.filter(kind="account.tier").count() == 1


def test_the_same_day_twice_changes_nothing(workspace, frozen):
    for number in range(3):
        make_account(workspace, f"Kite {number}", mrr=number * 1000)
    publish(workspace, definition(up={"days": 0}))
    first = decide(workspace=workspace)
    before = list(AccountTier.objects.order_by("pk").values())
    again = decide(workspace=workspace)
    assert (first.moved, again.moved) == (2, 0)
    assert list(AccountTier.objects.order_by("pk").values()) == before
    assert TierChange.objects.count() == 2


def test_missing_data_does_not_demote(workspace, frozen):
    unknown = make_account(workspace, "No seats known", tier="strategic", mrr=0, seats=None)
    small = make_account(workspace, "Known to be small", tier="strategic", mrr=0, seats=3)
    publish(workspace, definition(down={"days": 0}))
    done = decide(workspace=workspace)
    assert (tier_of(unknown), tier_of(small)) == ("strategic", "general")
    assert (done.held, AccountTier.objects.get(account=unknown).held_by) == (1, ["strategic"])


def test_without_rules_nobody_moves(workspace, frozen):
    kite = make_account(workspace, "Kite", mrr=99_999, tier="general")
    assert decide(workspace=workspace).moved == 0
    assert tier_of(kite) == "general"


def test_a_tier_without_a_rule_keeps_whom_people_put_there(workspace, frozen):
    given = definition(down={"days": 0})
    given["tiers"][0]["criteria"] = None
    kite = make_account(workspace, "Kite", mrr=5, tier="strategic")
    publish(workspace, given)
    nights(workspace, frozen, (0, 2))
    assert tier_of(kite) == "strategic"


def test_a_tier_that_an_import_wrote_is_taken_note_of(workspace, frozen):
    kite = make_account(workspace, "Kite", mrr=1500, tier="vip")
    publish(workspace)
    decide(workspace=workspace)
    Account.objects.filter(pk=kite.pk).update(tier="strategic")
    decide(workspace=workspace)
    change = TierChange.objects.get(account=kite)
    assert (change.from_tier, change.to_tier, change.basis) == ("vip", "strategic", TierBasis.GIVEN)


def test_other_workspaces_are_left_alone(workspace, mallory, frozen):
    theirs = make_account(mallory.workspace, "Theirs", mrr=50_000)
    publish(workspace, definition(up={"days": 0}))
    decide(workspace=workspace)
    assert tier_of(theirs) == "general"
    assert not AccountTier.objects.filter(account=theirs).exists()
