"""Lift and what a team meets, against a walk in plain Python."""

import random

import numpy as np
import pytest

from evergrow.health.backtest import ranking


def test_the_team_takes_the_worst_it_has_not_taken_lately() -> None:
    draw = random.Random(21)
    for _ in range(60):
        days = sorted(draw.randint(0, 5) * 30 for _ in range(120))
        accounts = np.array([draw.randint(1, 40) for _ in days])
        _, first = np.unique(np.stack([days, accounts]), axis=1, return_index=True)
        day, account = np.array(days)[first], accounts[first]
        risk = np.array([draw.random() for _ in day])
        count, rest = draw.randint(1, 6), draw.choice([0, 30, 60, 90])
        taken = ranking.picks(risk, day, account, count=count, rest=rest)
        last: dict[int, int] = {}
        for when in sorted(set(day.tolist())):
            rows = [row for row in range(len(day)) if day[row] == when]
            free = [row for row in rows if when - last.get(account[row], -10_000) >= rest]
            expected = sorted(free, key=lambda row: -risk[row])[:count]
            assert {row for row in rows if taken[row]} == set(expected)
            last |= {account[row]: when for row in expected}


def test_an_account_that_was_lost_counts_once() -> None:
    taken = np.array([True, True, False, True, False])
    lost = np.array([1, 1, 1, 0, 0])
    accounts, money = np.array([1, 1, 2, 3, 4]), np.array([10.0, 30.0, 50.0, 5.0, 5.0])
    found = ranking.caught(taken, lost, accounts, money)
    assert (found.picks, found.hits, found.lost, found.caught) == (3, 2, 2, 1)
    assert (found.money, found.money_caught) == (80.0, 30.0)
    assert (found.precision, found.recall) == (pytest.approx(2 / 3), 0.5)
    nothing = ranking.caught(np.zeros(5, bool), np.zeros(5), accounts, money)
    assert (nothing.precision, nothing.recall) == (None, None)


def test_lift_is_the_share_lost_in_a_tenth_over_the_share_lost_in_all() -> None:
    risk = np.arange(100.0)
    lost = (risk >= 80).astype(int)
    assert ranking.lift(risk, lost, np.arange(100)) == pytest.approx([5, 5, 0, 0, 0, 0, 0, 0, 0, 0])
    assert ranking.lift(risk, np.zeros(100), np.arange(100)) == [None] * 10


def test_ties_go_by_a_shuffle_that_is_the_same_every_time_and_follows_nothing() -> None:
    accounts = np.arange(1, 2001)
    order = np.argsort(ranking.shuffled(accounts))
    assert (order == np.argsort(ranking.shuffled(accounts))).all()
    assert abs(np.corrcoef(order, accounts)[0, 1]) < 0.1
