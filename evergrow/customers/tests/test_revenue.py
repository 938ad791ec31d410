from datetime import date
from decimal import Decimal

import pytest

from evergrow.customers.queries.revenue import mrr_at, mrr_on_days, retention
from evergrow.customers.tests.stage import make_account, make_subscription

START, END = date(2025, 3, 31), date(2026, 3, 31)


def test_the_day_a_subscription_begins_earns_and_the_day_it_ends_does_not(workspace):
    make_subscription(make_account(workspace), 100, "2026-01-10", "2026-02-10")
    amounts = [(m.amount, m.accounts) for m in mrr_on_days(workspace, [date(2026, 1, 9), date(2026, 1, 10)])]
    assert amounts == [(0, 0), (100, 1)]
    assert mrr_at(workspace, date(2026, 2, 9)).amount == 100
    assert mrr_at(workspace, date(2026, 2, 10)).amount == 0


def test_one_day_and_many_days_agree(workspace, mallory):
    account = make_account(workspace)
    make_subscription(account, "19.90", "2025-01-01")
    make_subscription(account, "0.10", "2025-01-01")
    make_subscription(make_account(workspace), 50, "2025-06-01", "2025-12-01")
    make_subscription(make_account(mallory.workspace), 999, "2025-01-01")
    days = [date(2025, 5, 1), date(2025, 7, 1), date(2026, 1, 1)]
    assert mrr_on_days(workspace, days) == [mrr_at(workspace, day) for day in days]
    assert mrr_at(workspace, days[1]).amount == 70
    assert mrr_at(workspace, days[1]).accounts == 2


@pytest.fixture
def trio(workspace):
    """A 100 → 150, B 100 → 60, C 100 → 0: the case on which aggregate shortcuts fail."""
    a, b, c = (make_account(workspace, name) for name in "ABC")
    make_subscription(a, 100, "2025-01-01", "2025-09-01")
    make_subscription(a, 150, "2025-09-01")
    make_subscription(b, 100, "2025-01-01", "2025-09-01")
    make_subscription(b, 60, "2025-09-01")
    make_subscription(c, 100, "2025-01-01", "2025-09-01")
    return a, b, c


def test_a_closed_cohort_keeps_70_53_and_67_percent(workspace, trio):
    kept = retention(workspace, START, END)
    assert kept.nrr == pytest.approx(0.70)
    assert kept.grr == pytest.approx(0.5333, abs=1e-4)
    assert kept.logos == pytest.approx(0.6667, abs=1e-4)
    assert (kept.expansion, kept.contraction, kept.churn) == (50, 40, 100)


def test_new_accounts_are_not_in_the_cohort(workspace, trio):
    make_subscription(make_account(workspace, "D"), 1000, "2025-06-01")
    assert retention(workspace, START, END).nrr == pytest.approx(0.70)


def test_an_account_that_left_and_came_back_is_not_retained(workspace, trio):
    make_subscription(trio[2], 500, "2026-01-01")
    kept = retention(workspace, START, END)
    assert kept.nrr == pytest.approx(0.70)
    assert kept.logos == pytest.approx(2 / 3)


def test_published_ratios_follow_from_the_parts(workspace):
    """10.0 at the start, +1.8, -0.6, -0.9 → NRR 103 % and GRR 85 %."""
    lines = {"up": (4, "5.8"), "down": ("5.1", "4.5"), "gone": ("0.9", None)}
    for name, (before, after) in lines.items():
        account = make_account(workspace, name)
        make_subscription(account, before, "2025-01-01", "2025-09-01")
        if after:
            make_subscription(account, after, "2025-09-01")
    kept = retention(workspace, START, END)
    assert (kept.nrr, kept.grr) == (pytest.approx(1.03), pytest.approx(0.85))


def test_an_empty_cohort_has_no_ratio(workspace):
    kept = retention(workspace, START, END)
    assert (kept.nrr, kept.grr, kept.logos) == (None, None, None)


def test_a_cohort_can_be_narrowed(workspace, trio):
    assert retention(workspace, START, END, [trio[0].pk]).nrr == pytest.approx(1.5)
    assert retention(workspace, START, END, [trio[0].pk]).start_mrr == Decimal(100)


def test_a_period_that_ends_before_it_starts_is_refused(workspace):
    with pytest.raises(ValueError, match="before it starts"):
        retention(workspace, END, START)
