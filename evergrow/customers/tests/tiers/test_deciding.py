"""The night: rules asked of the real store, moves written down, nothing twice."""

from datetime import date, timedelta

import pytest

from evergrow.customers.models import Account, AccountTier, TierBasis, TierChange
from evergrow.customers.tests.stage import make_account
from evergrow.customers.tests.tiers.stage import at_least, definition, publish
from evergrow.customers.tiers import distribution
from evergrow.customers.tiers.deciding import decide
from evergrow.customers.tiers.scheme import STANDARD_DEFINITION
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


def test_nothing_waits_any_more_once_the_rules_are_gone(workspace, frozen):
    kite = make_account(workspace, "Kite", mrr=1500)
    publish(workspace)
    decide(workspace=workspace)
    assert AccountTier.objects.get(account=kite).pending == "vip"
    publish(workspace, STANDARD_DEFINITION)
    decide(workspace=workspace)
    standing = AccountTier.objects.get(account=kite)
    assert (standing.pending, standing.pending_on, standing.ruled, standing.streaks) == ("", None, "", {})


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


def test_moves_are_summed_up_by_month_and_flow(workspace, frozen, alice):
    make_account(workspace, "Up", mrr=1500)
    make_account(workspace, "Down", mrr=1, seats=1, tier="strategic")
    make_account(workspace, "Stays", mrr=1, seats=1)
    publish(workspace, definition(up={"days": 0}, down={"days": 0}))
    decide(workspace=workspace)
    flow = distribution.flow(alice, 30)
    assert (flow.up, flow.down) == (1, 1)
    assert flow.moves == {("general", "vip"): 1, ("strategic", "general"): 1, ("general", "general"): 1}
    month, up, down, mrr_up, mrr_down = distribution.by_month(alice)[-1]
    assert (month, up, down, mrr_up, mrr_down) == (date(2026, 3, 1), 1, 1, 1500, 1)
    rows = {row.key: (row.accounts, row.mrr) for row in distribution.spread(alice)}
    assert rows == {"strategic": (0, 0), "vip": (1, 1500), "general": (2, 2)}


def test_other_workspaces_are_left_alone(workspace, mallory, frozen):
    theirs = make_account(mallory.workspace, "Theirs", mrr=50_000)
    publish(workspace, definition(up={"days": 0}))
    decide(workspace=workspace)
    assert tier_of(theirs) == "general"
    assert not AccountTier.objects.filter(account=theirs).exists()
