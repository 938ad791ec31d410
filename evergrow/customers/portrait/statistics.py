"""Differences between two groups with their uncertainty. Pure functions of counts and moments.

Shares: the score interval of Wilson (1927) for one share; for the difference of two, Newcombe's method 10 (1998), which
joins two Wilson intervals; for their ratio (lift), the log interval of Katz et al. (1978). Means: Welch's t (1947) with
the degrees of freedom of Satterthwaite. Effect sizes: Hedges' g for means (1981), Cohen's h for shares. Many
comparisons: the step-up procedure of Benjamini and Hochberg (1995) on the p-values.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from evergrow.lib.shares import Z95, wilson


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its 95 % interval and the p-value of "no difference"."""

    value: float
    low: float
    high: float
    p: float

    @property
    def is_open(self) -> bool:
        """Whether the interval includes no difference."""
        return self.low <= 0 <= self.high


def share_difference(hits: int, n: int, other_hits: int, other_n: int) -> Estimate:
    """The first share minus the second: Newcombe's method 10, and the pooled two-sample z-test."""
    first, second = hits / n, other_hits / other_n
    low, high = wilson(hits, n)
    other_low, other_high = wilson(other_hits, other_n)
    gap = first - second
    below = math.sqrt((first - low) ** 2 + (other_high - second) ** 2)
    above = math.sqrt((high - first) ** 2 + (second - other_low) ** 2)
    return Estimate(gap, gap - below, gap + above, _pooled_p(hits, n, other_hits, other_n))


def _pooled_p(hits: int, n: int, other_hits: int, other_n: int) -> float:
    pooled = (hits + other_hits) / (n + other_n)
    spread = math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / other_n))
    if spread == 0:
        return 1.0
    return math.erfc(abs(hits / n - other_hits / other_n) / spread / math.sqrt(2))


def lift(hits: int, n: int, other_hits: int, other_n: int) -> tuple[float, float, float] | None:
    """The ratio of the shares with its log interval; None where the second group has none.

    Half a case is added everywhere where the first group has none, as usual, so that the interval exists.
    """
    if other_hits == 0:
        return None
    a, b = (hits, other_hits) if hits else (0.5, other_hits + 0.5)
    m, k = (n, other_n) if hits else (n + 0.5, other_n + 0.5)
    error = math.sqrt(max(0.0, 1 / a - 1 / m + 1 / b - 1 / k))
    middle = math.log(a / m) - math.log(b / k)
    ratio = (hits / n) / (other_hits / other_n)
    return ratio, math.exp(middle - Z95 * error), math.exp(middle + Z95 * error)


@dataclass(frozen=True, slots=True)
class Moments:
    """Count, mean and variance (with n − 1) of a number in a group; the median beside them."""

    n: int
    mean: float
    variance: float
    median: float


def mean_difference(one: Moments, other: Moments) -> Estimate:
    """The first mean minus the second, by Welch. Without any spread the interval is the difference itself."""
    gap = one.mean - other.mean
    first, second = one.variance / one.n, other.variance / other.n
    error = math.sqrt(first + second)
    if error == 0:
        return Estimate(gap, gap, gap, 1.0 if gap == 0 else 0.0)
    freedom = (first + second) ** 2 / (first**2 / (one.n - 1) + second**2 / (other.n - 1))
    half = t_quantile(0.975, freedom) * error
    return Estimate(gap, gap - half, gap + half, t_two_sided(gap / error, freedom))


def hedges_g(one: Moments, other: Moments) -> float:
    """The difference of means in pooled standard deviations, corrected for small groups."""
    freedom = one.n + other.n - 2
    pooled = math.sqrt(((one.n - 1) * one.variance + (other.n - 1) * other.variance) / freedom) if freedom > 0 else 0.0
    if pooled == 0:
        return 0.0
    return (one.mean - other.mean) / pooled * (1 - 3 / (4 * freedom - 1))


def cohens_h(share: float, other: float) -> float:
    """The difference of two shares after the arcsine transformation: comparable at the ends and in the middle."""
    return 2 * math.asin(math.sqrt(share)) - 2 * math.asin(math.sqrt(other))


def benjamini_hochberg(p: Sequence[float]) -> list[float]:
    """The adjusted p-values in the given order: the least false discovery rate at which each would be called."""
    order = sorted(range(len(p)), key=p.__getitem__)
    adjusted, least = [0.0] * len(p), 1.0
    for rank in range(len(p), 0, -1):
        place = order[rank - 1]
        least = min(least, p[place] * len(p) / rank)
        adjusted[place] = least
    return adjusted


def t_two_sided(t: float, freedom: float) -> float:
    """The chance of a |t| at least this large under no difference."""
    return _beta_share(freedom / (freedom + t * t), freedom / 2, 0.5)


def t_quantile(p: float, freedom: float) -> float:
    """The value that Student's t stays under with chance ``p`` (above one half), by bisection."""
    low, high = 0.0, 1e4
    for _step in range(200):
        middle = (low + high) / 2
        if 1 - t_two_sided(middle, freedom) / 2 < p:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _beta_share(x: float, a: float, b: float) -> float:
    """The regularised incomplete beta function by its continued fraction (Lentz; Numerical Recipes, 6.4)."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    if x < (a + 1) / (a + b + 2):
        return front * _fraction(x, a, b) / a
    return 1 - front * _fraction(1 - x, b, a) / b


def _fraction(x: float, a: float, b: float) -> float:
    tiny = 1e-300
    c, d = 1.0, 1 - (a + b) * x / (a + 1)
    d = 1 / (d if abs(d) > tiny else tiny)
    total = d
    for m in range(1, 300):
        for part in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d, c = 1 + part * d, 1 + part / c
            d = 1 / (d if abs(d) > tiny else tiny)
            c = c if abs(c) > tiny else tiny
            total *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return total
