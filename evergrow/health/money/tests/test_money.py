"""Movements and retention against the anchors, against published data sets, and against a slow plain computation."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest

from evergrow.customers.account_merges.actions import merge_accounts, undo_merge
from evergrow.customers.bulk import running
from evergrow.customers.models import ExchangeRate, Subscription
from evergrow.customers.queries.revenue import mrr_at, retention
from evergrow.customers.tests.stage import make_account, make_seat, make_subscription
from evergrow.health.money import actions, booking, ledger, parts, report
from evergrow.health.money.asked import Asked
from evergrow.health.money.groups import By
from evergrow.health.money.models import Kind, Movement
from evergrow.health.money.parts import Part
from evergrow.health.money.periods import Interval, periods

pytestmark = [pytest.mark.usefixtures("db", "frozen"), pytest.mark.once]

TODAY = date(2026, 3, 25)
START, END = date(2025, 8, 31), date(2025, 9, 30)


def span(member, start, end):
    accounts = report.visible(member)
    return ledger.read(member.workspace, accounts).span(start, end)


@pytest.fixture
def trio(workspace):
    """A 100 → 150, B 100 → 60, C 100 → 0."""
    a, b, c = (make_account(workspace, name) for name in "ABC")
    make_subscription(a, 100, "2025-01-01", "2025-09-01")
    make_subscription(a, 150, "2025-09-01")
    make_subscription(b, 100, "2025-01-01", "2025-09-01")
    make_subscription(b, 60, "2025-09-01")
    make_subscription(c, 100, "2025-01-01", "2025-09-01")
    booking.book(workspace)
    return a, b, c


def test_aggregate_shortcuts_are_wrong(trio, alice):
    found = span(alice, START, END)
    assert found.nrr == pytest.approx(0.70)
    assert found.grr == pytest.approx(1.6 / 3)
    assert found.logos == pytest.approx(2 / 3)
    assert {kind: found.sum_of(kind) for kind in Kind} == {
        Kind.NEW: 0,
        Kind.EXPANSION: 5000,
        Kind.CONTRACTION: -4000,
        Kind.CHURN: -10000,
        Kind.REACTIVATION: 0,
    }


def test_the_textbook_case_keeps_103_net_and_85_gross(workspace, alice):
    """10.0 + 1.8 - 0.6 - 0.9, in thousands."""
    for before, after in ((5000, 6800), (4100, 3500), (900, 0)):
        one = make_account(workspace)
        make_subscription(one, before, "2025-01-01", "2025-09-10")
        if after:
            make_subscription(one, after, "2025-09-10")
    booking.book(workspace)
    found = span(alice, START, END)
    assert (found.start_cents, found.nrr, found.grr) == (1_000_000, pytest.approx(1.03), pytest.approx(0.85))


def test_new_accounts_and_those_that_return_are_out_of_the_cohort(workspace, alice):
    left = make_account(workspace)
    make_subscription(left, 100, "2025-01-01", "2025-09-05")
    make_subscription(left, 300, "2025-09-20")
    make_subscription(make_account(workspace), 700, "2025-09-02")
    booking.book(workspace)
    found = span(alice, START, END)
    assert (found.nrr, found.grr, found.logos) == (0, 0, 0)
    assert found.sum_of(Kind.REACTIVATION) == 30000
    assert found.sum_of(Kind.NEW) == 70000
    assert found.end_cents == 100000


def test_the_same_facts_again_write_nothing_and_rows_never_change(trio, workspace):
    rows = list(Movement.objects.order_by("pk").values())
    assert booking.book(workspace) == booking.Booked(0, 0)
    Subscription.objects.filter(account=trio[1], mrr=60).update(mrr=80)
    assert booking.book(workspace) == booking.Booked(1, 1)
    assert list(Movement.objects.order_by("pk").values())[: len(rows)] == rows
    counter = Movement.objects.exclude(reverses=None).get()
    assert (counter.amount, counter.kind, counter.account) == (40, "contraction", trio[1])
    assert counter.reverses.amount == -40


def test_what_begins_later_is_no_movement_yet(workspace):
    account = make_account(workspace)
    make_subscription(account, 100, "2026-03-26")
    make_subscription(account, 50, "2026-03-25", "2026-03-25")
    assert booking.book(workspace) == booking.Booked(0, 0)


def test_merged_accounts_are_restated_and_part_again(workspace, alice):
    kept, merged = (make_account(workspace, name) for name in ("Kept", "Merged"))
    make_subscription(kept, 100, "2025-01-01")
    make_subscription(merged, 40, "2025-02-01", "2025-09-10")
    booking.book(workspace)
    assert span(alice, START, END).logos == 0.5
    merge = merge_accounts(kept=kept, merged=merged, reason="same", by=alice)
    booking.book(workspace)
    found = span(alice, START, END)
    assert (found.start_accounts, found.logos, found.nrr) == (1, 1, pytest.approx(100 / 140))
    assert found.sum_of(Kind.CONTRACTION) == -4000
    undo_merge(merge=merge, by=alice)
    booking.book(workspace)
    found = span(alice, START, END)
    assert (found.start_accounts, found.logos, found.sum_of(Kind.CHURN)) == (2, 0.5, -4000)


@pytest.mark.usefixtures("warehouse_db")
def test_accounts_in_the_trash_are_left_out(trio, workspace, alice):
    running.begin(workspace=workspace, kind="delete", args={}, keys=[trio[2].pk], by=alice)
    assert span(alice, START, END).start_accounts == 2


def test_a_colleague_sees_the_movements_of_own_accounts_only(trio, workspace, alice, bob, mallory):
    bob.scope = "own"
    bob.save()
    make_seat(trio[0], bob)
    assert span(bob, START, END).nrr == pytest.approx(1.5)
    assert span(mallory, START, END).start_accounts == 0
    assert span(alice, START, END).start_accounts == 3


def test_another_currency_counts_by_its_rate_and_not_at_all_without(workspace, alice):
    home = make_account(workspace)
    make_subscription(home, 100, "2025-01-01")
    make_subscription(home, 10, "2025-01-01", currency="EUR")
    booking.book(workspace)
    found = report.read(workspace, report.visible(alice), Asked())
    assert found.year.end_cents == 10000
    assert [(left.currency, left.rows, left.amount) for left in found.left_out] == [("EUR", 1, Decimal(10))]
    actions.set_rate(workspace=workspace, currency="eur", rate="7.8", by=alice)
    booking.book(workspace)
    found = report.read(workspace, report.visible(alice), Asked())
    assert (found.year.end_cents, found.left_out) == (17800, [])
    assert mrr_at(workspace, TODAY).amount == 178
    home.refresh_from_db()
    assert home.mrr == 178
    actions.forget_rate(rate=ExchangeRate.objects.get(), by=alice)
    booking.book(workspace)
    assert report.read(workspace, report.visible(alice), Asked()).year.end_cents == 10000


@pytest.mark.parametrize(
    "given", [("CNY", "1"), ("EU", "1"), ("EUR", "0"), ("EUR", "x"), ("EUR", "9999999"), ("EUR", "NaN")]
)
def test_a_rate_that_cannot_be_is_refused(workspace, alice, given):
    with pytest.raises(actions.BadRate):
        actions.set_rate(workspace=workspace, currency=given[0], rate=given[1], by=alice)


def crowd(workspace, size=120, seed=3):
    draw = random.Random(seed)
    for _ in range(size):
        account = make_account(workspace, plan=draw.choice(["Pro", "Starter", ""]))
        day = date(2024, 10, 1) + timedelta(days=draw.randint(0, 300))
        for _ in range(draw.randint(1, 5)):
            until = day + timedelta(days=draw.choice([20, 40, 90, 200]))
            make_subscription(account, draw.choice([50, 80, "80.10", 120]), day.isoformat(), until.isoformat())
            day = until + timedelta(days=draw.choice([0, 0, 0, -10, 15]))


def test_periods_agree_with_a_plain_computation_and_add_up(workspace, alice):
    crowd(workspace)
    booking.book(workspace)
    found = report.read(workspace, report.visible(alice), Asked(Interval.MONTH))
    lines = [*found.lines, *report.read(workspace, report.visible(alice), Asked(Interval.QUARTER)).lines]
    assert len(lines) > 15
    for line in lines:
        one, plain = line.span, retention(workspace, line.period.start, line.period.end)
        assert one.start_cents == plain.start_mrr * 100
        assert (one.nrr, one.grr, one.logos) == (plain.nrr, plain.grr, plain.logos)
        assert one.start_cents + sum(one.sum_of(kind) for kind in Kind) == one.end_cents
        assert one.end_cents == mrr_at(workspace, line.period.end).amount * 100
        assert one.end_accounts == mrr_at(workspace, line.period.end).accounts


def test_every_number_is_the_sum_of_the_accounts_behind_it(workspace, alice):
    crowd(workspace, 60)
    booking.book(workspace)
    found = report.read(workspace, report.visible(alice), Asked(Interval.QUARTER, by=By.PLAN))
    one = found.chosen.span
    sums = {part: sum(row.amount for row in parts.behind(found.ledger, one, part)) for part in Part}
    assert all(sums[Part(kind.value)] == one.sum_of(kind) for kind in Kind)
    assert sums[Part.START] == one.start_cents
    assert sums[Part.END] == one.end_cents
    assert sums[Part.KEPT] == one.kept_cents
    assert one.start_cents + sums[Part.GREW] + sums[Part.SHRANK] + sums[Part.LOST] == one.kept_cents
    assert sum(group.span.end_cents for group in found.groups) == one.end_cents
    assert sum(group.span.start_accounts for group in found.groups) == one.start_accounts


def test_the_running_period_is_not_complete_and_the_latest_complete_one_is_chosen(trio, workspace, alice):
    found = report.read(workspace, report.visible(alice), Asked())
    assert [line.period.is_complete for line in found.lines][-2:] == [True, False]
    assert found.lines[-1].period.end == TODAY
    assert found.chosen.period.key == "2026-02"
    quarters = periods(Interval.QUARTER, date(2026, 3, 31), date(2025, 1, 1))
    assert (quarters[-1].key, quarters[-1].is_complete, quarters[-2].start) == ("2026-01", False, date(2025, 9, 30))
    years = periods(Interval.YEAR, TODAY, date(2025, 1, 1))
    assert (years[-2].start, years[-2].end) == (date(2025, 2, 28), date(2026, 2, 28))
    with pytest.raises(report.NoSuchPeriod):
        report.read(workspace, report.visible(alice), Asked(period="1999-01"))
