"""What is left of entitlements: periods, counter-entries, more than agreed."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from evergrow.customers.models import EntitlementUse, WrittenOnce
from evergrow.customers.tests.stage import make_account
from evergrow.customers.tiers import ledger, use_report
from evergrow.customers.tiers.entitlement import add_months, period_of
from evergrow.lib import clock


@pytest.fixture
def kite(workspace, frozen):
    return make_account(workspace, "Kite", tier="vip", status="active", mrr=500)


def left(account, key="training"):
    return {balance.entitlement.key: balance.left for balance in ledger.balances(account)}[key]


def test_each_use_takes_one_from_the_period(kite, bob):
    assert left(kite) == 2
    line = ledger.consume(account=kite, entitlement="training", by=bob, note="Go-live")
    assert (left(kite), line.on, line.by) == (1, date(2026, 3, 25), bob)


def test_a_new_quarter_begins_in_the_zone_of_the_workspace(kite, bob, frozen):
    ledger.consume(account=kite, entitlement="training", by=bob, quantity=2)
    with clock.frozen(frozen + timedelta(days=6, hours=11, minutes=59)):  # 31 March, 23:59 in Shanghai
        assert left(kite) == 0
    with clock.frozen(frozen + timedelta(days=6, hours=12)):  # 1 April, 0:00
        assert left(kite) == 2


def test_more_than_agreed_needs_a_reason(kite, bob):
    ledger.consume(account=kite, entitlement="training", by=bob, quantity=2)
    with pytest.raises(ledger.MoreThanAgreed):
        ledger.consume(account=kite, entitlement="training", by=bob)
    line = ledger.consume(account=kite, entitlement="training", by=bob, over_reason="New team")
    assert (left(kite), line.over_reason) == (-1, "New team")


def test_a_use_is_taken_back_once_by_a_counter_entry_in_its_own_period(kite, bob, frozen):
    line = ledger.consume(account=kite, entitlement="training", by=bob)
    with clock.frozen(frozen + timedelta(days=40)):
        counter = ledger.reverse(use=line, note="Did not happen", by=bob)
    assert (counter.quantity, counter.on) == (-1, line.on)
    assert left(kite) == 2
    for again in (line, counter):
        with pytest.raises(ledger.AlreadyReversed):
            ledger.reverse(use=again, note="", by=bob)


def test_lines_are_never_changed(kite, bob):
    line = ledger.consume(account=kite, entitlement="training", by=bob)
    line.quantity = 5
    with pytest.raises(WrittenOnce):
        line.save()


@pytest.mark.parametrize(
    ("wish", "error"),
    [
        ({"entitlement": "response"}, ledger.NotCounted),
        ({"entitlement": "nonsense"}, ledger.NotCounted),
        ({"quantity": 0}, ledger.BadUse),
        ({"quantity": Decimal("-1")}, ledger.BadUse),
        ({"on": date(2026, 3, 26)}, ledger.BadUse),
    ],
)
def test_what_cannot_be_used_is_refused(kite, bob, wish, error):
    with pytest.raises(error):
        ledger.consume(account=kite, by=bob, **{"entitlement": "training", **wish})
    assert not EntitlementUse.objects.exists()


def test_lookers_write_nothing_down(kite, carol):
    with pytest.raises(PermissionDenied):
        ledger.consume(account=kite, entitlement="training", by=carol)


def test_the_report_names_who_leaves_it_unused_and_who_takes_more(workspace, alice, frozen):
    unused, busy, fair = (make_account(workspace, n, tier="vip", status="active") for n in ("Unused", "Busy", "Fair"))
    make_account(workspace, "Prospect", tier="vip", status="prospect")
    ledger.consume(account=busy, entitlement="training", by=alice, quantity=3, over_reason="x")
    ledger.consume(account=fair, entitlement="training", by=alice, quantity=1)
    use = next(use for use in use_report.report(alice) if use.entitlement.key == "training")
    assert (use.accounts, use.granted, use.used, use.is_late) == (3, 6, 4, True)
    assert [line.account for line in use.under] == [unused]
    assert [line.account for line in use.over] == [busy]


def test_while_nobody_writes_uses_down_nobody_is_said_to_leave_them(workspace, alice, frozen):
    make_account(workspace, "Unused", tier="vip", status="active")
    use = next(use for use in use_report.report(alice) if use.entitlement.key == "training")
    assert (use.is_kept, use.under) == (False, [])


def test_early_in_a_period_nothing_is_called_unused(workspace, alice, frozen):
    make_account(workspace, "Unused", tier="vip", status="active")
    with clock.frozen(frozen + timedelta(days=10)):
        use = next(use for use in use_report.report(alice) if use.entitlement.key == "training")
    assert (use.is_late, use.under) == (False, [])


@pytest.mark.parametrize(
    ("period", "first", "last"),
    [
        ("month", date(2026, 2, 1), date(2026, 2, 28)),
        ("quarter", date(2026, 1, 1), date(2026, 3, 31)),
        ("half_year", date(2026, 1, 1), date(2026, 6, 30)),
        ("year", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_periods_are_those_of_the_calendar(period, first, last):
    assert period_of(date(2026, 2, 14), period) == (first, last)


def test_a_month_on_from_its_last_day_is_the_last_day():
    assert add_months(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert add_months(date(2026, 12, 15), 3) == date(2027, 3, 15)
    assert add_months(date(2026, 3, 1), -11) == date(2025, 4, 1)
