"""How sure a difference of two groups is."""

import math
from collections.abc import Sequence
from statistics import fmean, variance

from evergrow.lib.shares import wilson

Interval = tuple[float, float, float]


def of_means(ours: Sequence[float], theirs: Sequence[float], level: float = 0.95) -> Interval:
    """The difference of two means with its interval (Welch, Biometrika 34, 1947): middle, low, high.

    Needs two cases in each group. Without any spread the interval is a point.
    """
    from scipy import stats  # large, and needed where two groups are compared alone

    gap = fmean(ours) - fmean(theirs)
    a, b = variance(ours) / len(ours), variance(theirs) / len(theirs)
    if a + b == 0:
        return gap, gap, gap
    freedom = (a + b) ** 2 / (a * a / (len(ours) - 1) + b * b / (len(theirs) - 1))
    half = float(stats.t.ppf((1 + level) / 2, freedom)) * math.sqrt(a + b)
    return gap, gap - half, gap + half


def of_shares(ours: tuple[int, int], theirs: tuple[int, int]) -> Interval:
    """The difference of two shares, each as hits of cases, with its 95% interval: middle, low, high.

    By the score intervals of both (Newcombe, Statistics in Medicine 17, 1998, method 10).
    """
    (a, n), (b, m) = ours, theirs
    first, second = a / n, b / m
    (low, high), (low_other, high_other) = wilson(a, n), wilson(b, m)
    gap = first - second
    down = math.hypot(first - low, high_other - second)
    up = math.hypot(high - first, second - low_other)
    return gap, gap - down, gap + up
