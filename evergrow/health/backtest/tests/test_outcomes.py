"""What became of accounts, against a day-by-day walk over their subscriptions."""

import random
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from evergrow.customers.models import Subscription
from evergrow.health.backtest.outcomes import Outcome, afterwards, read_lines
from evergrow.health.backtest.plan import Plan, Step
from evergrow.health.tests import stage

DAY = date(2025, 6, 10)
WITHIN = 60
Line = tuple[date | None, date | None, int, date | None]


def subscribe(account: Any, lines: list[Line]) -> None:
    Subscription.objects.bulk_create(
        Subscription(
            workspace=account.workspace,
            account=account,
            external_id=f"S{account.number}-{place}",
            plan="Pro",
            status="active",
            mrr=mrr,
            started_on=first,
            cancelled_on=last,
            renews_on=renews,
        )
        for place, (first, last, mrr, renews) in enumerate(lines)
    )


def revenue(lines: list[Line], day: date) -> int:
    return sum(mrr for first, last, mrr, _ in lines if first and first <= day and (last is None or last > day))


def plain(lines: list[Line]) -> tuple[int, bool, bool, bool] | None:
    """Revenue on the day, lost, shrank, due: looked up on each of the days, one by one."""
    before = revenue(lines, DAY)
    if before <= 0:
        return None
    end = DAY + timedelta(days=WITHIN)
    lost = any(revenue(lines, DAY + timedelta(days=ahead)) <= 0 for ahead in range(1, WITHIN + 1))
    due = False
    for first, last, mrr, renews in lines:
        if mrr <= 0 or not first or not renews or not (first <= DAY and (last is None or last > DAY)):
            continue
        for years in range(6):
            then = renews.replace(year=renews.year - years)
            due = due or (first < then and DAY < then <= end)
    return before, lost, not lost and revenue(lines, end) < before, due


def some_lines(draw: random.Random) -> list[Line]:
    found: list[Line] = []
    day = DAY - timedelta(days=draw.randint(0, 500))
    for _ in range(draw.randint(0, 4)):
        length = draw.choice([0, 20, 60, 200, 500])
        last = None if draw.random() < 0.3 else day + timedelta(days=length)
        renews = None if draw.random() < 0.5 else DAY + timedelta(days=draw.randint(-200, 900))
        found.append((day if draw.random() > 0.05 else None, last, draw.choice([0, 50, 80]), renews))
        day += timedelta(days=max(length + draw.choice([-10, 0, 0, 5]), 0))
    return found


@pytest.mark.once
def test_loss_shrinking_and_renewal_are_what_a_walk_over_the_days_finds(workspace: Any) -> None:
    draw = random.Random(11)
    known: dict[int, list[Line]] = {}
    for number in range(1, 301):
        known[number] = some_lines(draw)
        subscribe(stage.account(workspace, number), known[number])
    found = afterwards(read_lines(workspace), DAY, WITHIN)
    expected = {number: told for number, lines in known.items() if (told := plain(lines)) is not None}
    rows = zip(found.account, found.mrr, found.lost, found.shrank, found.is_due, strict=True)
    assert {int(a): (int(m), bool(x), bool(s), bool(d)) for a, m, x, s, d in rows} == expected
    for place in (1, 2, 3):
        assert {True, False} == {told[place] for told in expected.values()}


@pytest.mark.once
def test_shrinking_is_asked_of_those_who_stayed_and_renewal_of_those_due(workspace: Any) -> None:
    long_ago, later = DAY - timedelta(days=400), DAY + timedelta(days=30)
    cases: list[list[Line]] = [
        [(long_ago, later, 50, None)],
        [(long_ago, later, 80, None), (later, None, 50, None)],
        [(long_ago, later, 50, later)],
        [(long_ago, None, 50, later.replace(year=later.year + 2))],
    ]
    for number, lines in enumerate(cases, start=1):
        subscribe(stage.account(workspace, number), lines)
    found = afterwards(read_lines(workspace), DAY, WITHIN)
    asked = {
        outcome: [(int(a), bool(h)) for a, h, q in zip(found.account, *found.of(outcome), strict=True) if q]
        for outcome in Outcome
    }
    assert asked[Outcome.LOST] == [(1, True), (2, False), (3, True), (4, False)]
    assert asked[Outcome.SHRANK] == [(2, True), (4, False)]
    assert asked[Outcome.EITHER] == [(1, True), (2, True), (3, True), (4, False)]
    assert asked[Outcome.NOT_RENEWED] == [(3, True), (4, False)]
    assert found.mrr_after.tolist() == [0, 50, 0, 50]
    assert np.isinf(found.ends[3])


def test_the_last_day_is_early_enough_to_know_how_it_ended() -> None:
    today = date(2026, 3, 31)
    weekly = Plan(within=90, step=Step.WEEKLY).days(today)
    assert len(weekly) == 52
    assert weekly[-1] + timedelta(days=90) == today - timedelta(days=1)
    assert {(b - a).days for a, b in pairwise(weekly)} == {7}
    monthly = Plan(within=30, step=Step.MONTHLY).days(date(2026, 5, 1))
    assert [day.isoformat() for day in monthly[-3:]] == ["2026-01-31", "2026-02-28", "2026-03-31"]
    assert (len(monthly), monthly[0].isoformat()) == (12, "2025-04-30")


def test_the_capacity_of_a_month_is_that_of_its_weeks() -> None:
    assert Plan(capacity=10, step=Step.WEEKLY).per_day == 10
    assert Plan(capacity=10, step=Step.MONTHLY).per_day == 43
