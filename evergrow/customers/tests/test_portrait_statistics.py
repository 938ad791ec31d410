"""Formulas against published numbers and against other ways to the same result."""

import math
import random
from statistics import NormalDist

import numpy as np
import pytest
from scipy.stats import ttest_ind

from evergrow.customers.portrait import statistics as stats
from evergrow.customers.portrait.statistics import Moments
from evergrow.lib.shares import wilson


def test_wilson_as_published():
    """Newcombe (1998, Statistics in Medicine 17:857), table I, method 3: 81/263, 15/148, 0/20, 1/29."""
    for hits, n, low, high in [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ]:
        found = wilson(hits, n)
        assert found == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("a", "m", "b", "n", "low", "high"),
    [  # Newcombe (1998, Statistics in Medicine 17:873), table II, method 10
        (56, 70, 48, 80, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.1705, 0.8090),
        (6, 7, 2, 7, 0.0582, 0.8062),
        (5, 56, 0, 29, -0.0381, 0.1926),
        (0, 10, 0, 20, -0.1611, 0.2775),
        (0, 10, 0, 10, -0.2775, 0.2775),
        (10, 10, 0, 20, 0.6791, 1.0),
        (10, 10, 0, 10, 0.6075, 1.0),
    ],
)
def test_differences_of_shares_as_published(a, m, b, n, low, high):
    found = stats.share_difference(a, m, b, n)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


def test_the_share_test_is_the_square_root_of_chi_squared():
    a, m, b, n = 30, 80, 18, 95
    table = np.array([[a, m - a], [b, n - b]], float)
    expected = table.sum(1, keepdims=True) * table.sum(0) / table.sum()
    chi = ((table - expected) ** 2 / expected).sum()
    assert stats.share_difference(a, m, b, n).p == pytest.approx(2 * (1 - NormalDist().cdf(math.sqrt(chi))), rel=1e-9)


@pytest.mark.parametrize(
    ("freedom", "p", "t"),
    [
        (1, 0.975, 12.7062),
        (2, 0.975, 4.3027),
        (5, 0.975, 2.5706),
        (10, 0.95, 1.8125),
        (30, 0.975, 2.0423),
        (120, 0.995, 2.6174),
    ],
)
def test_quantiles_of_t_as_in_the_tables(freedom, p, t):
    assert stats.t_quantile(p, freedom) == pytest.approx(t, abs=5e-5)


def test_two_sided_p_of_t_against_its_integral():
    def density(x: np.ndarray, v: float) -> np.ndarray:
        front = math.exp(math.lgamma((v + 1) / 2) - math.lgamma(v / 2)) / math.sqrt(v * math.pi)
        return front * (1 + x * x / v) ** (-(v + 1) / 2)

    for freedom, t in [(3.5, 1.2), (12.0, 2.5), (47.3, 0.4), (200.0, 3.3)]:
        grid = np.linspace(0, t, 200_001)
        inside = np.trapezoid(density(grid, freedom), grid)
        assert stats.t_two_sided(t, freedom) == pytest.approx(1 - 2 * inside, abs=1e-9)


def moments(values: list[float]) -> Moments:
    found = np.array(values)
    return Moments(len(values), found.mean(), found.var(ddof=1), float(np.median(found)))


def test_welch_as_published():
    """Student's sleep data as R documents it: t.test(extra ~ group, data = sleep)."""
    one = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    other = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]

    found = stats.mean_difference(moments(one), moments(other))
    assert (found.low, found.high) == pytest.approx((-3.3654832, 0.2054832), abs=1e-6)
    assert found.p == pytest.approx(0.07939, abs=5e-6)


def test_welch_allows_for_groups_of_unequal_size_and_spread():
    ours, theirs = [10.0, 12, 14, 16], [9.0, 9.5, 10, 10.5, 11]
    told = ttest_ind(ours, theirs, equal_var=False).confidence_interval()
    found = stats.mean_difference(moments(ours), moments(theirs))
    assert (found.value, found.low, found.high) == pytest.approx((3.0, told.low, told.high))
    same = stats.mean_difference(moments([1.0, 1]), moments([1.0, 1]))
    assert (same.value, same.low, same.high) == (0.0, 0.0, 0.0)


def test_lift_covers_the_true_ratio_about_as_often_as_it_says():
    rng = np.random.default_rng(7)
    hits = sum(
        low <= 2 <= high
        for a, b in zip(rng.binomial(200, 0.4, 2000), rng.binomial(300, 0.2, 2000), strict=True)
        for _ratio, low, high in [stats.lift(int(a), 200, int(b), 300)]
    )
    assert 0.93 < hits / 2000 < 0.97


def test_lift_at_the_edges():
    assert stats.lift(5, 10, 0, 10) is None
    ratio, low, high = stats.lift(0, 10, 5, 10)
    assert ratio == 0
    assert 0 < low < high


def test_benjamini_hochberg_as_published():
    """The fifteen p-values of Benjamini and Hochberg (1995, section 4): four are rejected at 5 %."""
    p = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.3240,
        0.4262,
        0.5719,
        0.6528,
        0.7590,
        1.0,
    ]
    assert sum(q < 0.05 for q in stats.benjamini_hochberg(p)) == 4
    order = list(range(len(p)))
    random.Random(3).shuffle(order)
    mixed = stats.benjamini_hochberg([p[place] for place in order])
    assert [mixed[order.index(place)] for place in range(len(p))] == pytest.approx(stats.benjamini_hochberg(p))


def test_effects_have_the_sign_of_the_difference():
    one, other = Moments(30, 5, 4, 5), Moments(40, 3, 4, 3)
    assert stats.hedges_g(one, other) == pytest.approx(1 * (1 - 3 / (4 * 68 - 1)))
    assert stats.hedges_g(other, one) == -stats.hedges_g(one, other)
    assert stats.cohens_h(0.5, 0.5) == 0
    assert stats.cohens_h(1, 0) == pytest.approx(math.pi)
