"""The area under the curve, its interval and Wilson's, against scikit-learn, scipy and the plain formulas."""

import random
from collections import defaultdict
from statistics import NormalDist

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.metrics import roc_auc_score, roc_curve

from evergrow.health.backtest import curves
from evergrow.health.backtest.rates import rate
from evergrow.lib.shares import wilson

Z = NormalDist().inv_cdf(0.975)


def drawn(draw: random.Random, rows: int, *, accounts: int | None = None, ties: bool = True) -> tuple[np.ndarray, ...]:
    """Random risks with ties, outcomes that lean on them, and owners."""
    while True:
        risk = np.array([draw.gauss(0, 1) for _ in range(rows)])
        if ties:
            risk = risk.round(draw.choice([0, 1]))
        lost = np.array([draw.random() < 1 / (1 + np.exp(-value)) for value in risk])
        owner = np.array([draw.randint(1, accounts) for _ in range(rows)] if accounts else range(1, rows + 1))
        sides = [len(set(owner[lost == told].tolist())) for told in (True, False)]
        if min(sides) >= 2:
            return risk, lost, owner


def psi(lost: float, kept: float) -> float:
    return 1.0 if lost > kept else 0.5 if lost == kept else 0.0


def plain_delong(risks: list[np.ndarray], lost: np.ndarray) -> tuple[list[float], list[list[float]]]:
    """DeLong 1988 pair by pair: structural components, their sample covariances over m and n."""
    v10, v01 = [], []
    for risk in risks:
        x, y = risk[lost].tolist(), risk[~lost].tolist()
        v10.append([sum(psi(a, b) for b in y) / len(y) for a in x])
        v01.append([sum(psi(a, b) for a in x) / len(x) for b in y])

    def cov(one: list[float], other: list[float]) -> float:
        a, b = sum(one) / len(one), sum(other) / len(other)
        return sum((p - a) * (q - b) for p, q in zip(one, other, strict=True)) / (len(one) - 1)

    every = range(len(risks))
    areas = [sum(part) / len(part) for part in v10]
    return areas, [
        [cov(v10[i], v10[j]) / len(v10[i]) + cov(v01[i], v01[j]) / len(v01[i]) for j in every] for i in every
    ]


def plain_clustered(risk: np.ndarray, lost: np.ndarray, owner: np.ndarray) -> float:
    """The variance of Obuchowski 1997, written down cluster by cluster."""
    x = [(a, r) for a, r, told in zip(owner, risk, lost, strict=True) if told]
    y = [(a, r) for a, r, told in zip(owner, risk, lost, strict=True) if not told]
    v10 = [(a, sum(psi(r, s) for _, s in y) / len(y)) for a, r in x]
    v01 = [(a, sum(psi(s, r) for _, s in x) / len(x)) for a, r in y]
    area = sum(v for _, v in v10) / len(v10)
    lost_sum: dict[int, float] = defaultdict(float)
    kept_sum: dict[int, float] = defaultdict(float)
    for a, v in v10:
        lost_sum[a] += v - area
    for a, v in v01:
        kept_sum[a] += v - area
    i10, i01, every = len({a for a, _ in x}), len({a for a, _ in y}), set(owner.tolist())
    m, n = len(x), len(y)
    s10 = i10 / ((i10 - 1) * m) * sum(v * v for v in lost_sum.values())
    s01 = i01 / ((i01 - 1) * n) * sum(v * v for v in kept_sum.values())
    s11 = len(every) / (len(every) - 1) * sum(lost_sum[a] * kept_sum[a] for a in every)
    return s10 / m + s01 / n + 2 * s11 / (m * n)


def test_the_area_is_that_of_scikit_learn_and_of_counting_pairs() -> None:
    draw = random.Random(1)
    for _ in range(200):
        risk, lost, owner = drawn(draw, draw.randint(8, 60))
        (found,), _ = curves.areas([risk], lost, owner)
        assert found == pytest.approx(roc_auc_score(lost, risk))
        pairs = [psi(a, b) for a in risk[lost] for b in risk[~lost]]
        assert found == pytest.approx(sum(pairs) / len(pairs))


def test_with_a_row_an_account_intervals_and_differences_are_delongs() -> None:
    draw = random.Random(2)
    for _ in range(150):
        risk, lost, owner = drawn(draw, draw.randint(8, 40))
        other = (risk + np.array([draw.gauss(0, 1) for _ in risk])).round(1)
        areas, covariance = plain_delong([risk, other], lost)
        found, matrix = curves.areas([risk, other], lost, owner)
        assert found == pytest.approx(areas)
        assert matrix == pytest.approx(np.array(covariance))
        one = curves.area(risk, lost, owner)
        assert one.error == pytest.approx(covariance[0][0] ** 0.5)
        assert one.low == pytest.approx(max(0, areas[0] - Z * one.error))
        gap = curves.difference(risk, other, lost, owner)
        error = max(covariance[0][0] + covariance[1][1] - 2 * covariance[0][1], 0) ** 0.5
        assert gap.value == pytest.approx(areas[0] - areas[1])
        if error > 1e-9:
            assert gap.p == pytest.approx(2 * NormalDist().cdf(-abs(gap.value) / error), abs=1e-9)


def test_rows_of_one_account_are_taken_together() -> None:
    draw = random.Random(3)
    for _ in range(150):
        risk, lost, owner = drawn(draw, draw.randint(12, 60), accounts=draw.randint(4, 12))
        _, matrix = curves.areas([risk], lost, owner)
        assert matrix[0, 0] == pytest.approx(plain_clustered(risk, lost, owner))


def test_the_interval_of_repeated_rows_is_as_wide_as_drawing_whole_accounts_makes_it() -> None:
    draw = np.random.default_rng(4)
    level = np.repeat(draw.normal(size=150), 6)
    owner = np.repeat(np.arange(150), 6)
    risk = level + draw.normal(size=900) * 0.3
    lost = level + np.repeat(draw.normal(size=150), 6) > 1.0
    error = curves.area(risk, lost, owner).error
    found = []
    for _ in range(400):
        chosen = draw.integers(0, 150, 150)
        rows = (chosen[:, None] * 6 + np.arange(6)).ravel()
        found.append(curves.areas([risk[rows]], lost[rows], owner[rows])[0][0])
    assert error == pytest.approx(np.std(found), rel=0.15)
    alone = curves.area(risk, lost, np.arange(900)).error
    assert alone < 0.6 * error, "as if rows were independent, the interval would be far too narrow"


def test_a_card_copied_is_no_better_than_itself() -> None:
    risk, lost, owner = drawn(random.Random(5), 50)
    gap = curves.difference(risk, risk * 2 + 1, lost, owner)
    assert (gap.value, gap.p, gap.is_clear) == (0.0, 1.0, False)


def test_the_curve_is_that_of_scikit_learn() -> None:
    draw = random.Random(6)
    for _ in range(100):
        risk, lost, _ = drawn(draw, draw.randint(8, 60))
        alarm, hit = curves.roc(risk, lost)
        theirs_alarm, theirs_hit, _ = roc_curve(lost, risk, drop_intermediate=False)
        assert alarm == pytest.approx(theirs_alarm)
        assert hit == pytest.approx(theirs_hit)
        grid = curves.on_grid(risk, lost)
        assert grid[-1] == 1.0
        assert grid == sorted(grid)
        assert grid[0] == max(h for a, h in zip(alarm, hit, strict=True) if a == 0)


def test_too_few_accounts_give_no_area() -> None:
    with pytest.raises(ValueError, match="two accounts"):
        curves.area(np.array([1.0, 2, 3]), np.array([True, False, True]), np.array([1, 2, 1]))


def test_wilsons_interval_is_that_of_scipy() -> None:
    draw = random.Random(7)
    for _ in range(200):
        rows = draw.randint(1, 400)
        happened = draw.randint(0, rows)
        theirs = binomtest(happened, rows).proportion_ci(0.95, method="wilson")
        assert wilson(happened, rows) == pytest.approx((theirs.low, theirs.high), abs=1e-9)
        told = np.array([1] * happened + [0] * (rows - happened))
        found = rate(told, np.arange(rows))
        assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), abs=1e-9)
    assert wilson(0, 0) == (0.0, 1.0)


def test_a_share_of_repeated_rows_is_as_sure_as_its_accounts() -> None:
    told, owner = np.repeat([1, 0, 0, 0], 25), np.repeat([1, 2, 3, 4], 25)
    found = rate(told, owner)
    assert (found.happened, found.rows, found.accounts, found.worth) == (25, 100, 4, pytest.approx(4.0))
    assert (found.low, found.high) == pytest.approx(wilson(1, 4))
    never = rate(np.zeros(100), owner)
    assert (never.low, never.high) == pytest.approx(wilson(0, 4))
    assert rate(np.array([]), np.array([])).share is None
