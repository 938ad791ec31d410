"""How well a number ranks accounts by what happens to them: the ROC curve, its area, intervals and differences.

Numbers are risks: larger means sooner lost. The area (AUC) is the share of pairs of a lost and a kept row in which the
lost one has the larger risk, ties counted half (Mann and Whitney).

The variance is DeLong's (DeLong, DeLong and Clarke-Pearson, Biometrics 44, 1988). The same account stands in several
rows, one a date, and these are alike, so its parts are added up by account first (Obuchowski, Biometrics 53, 1997,
"Nonparametric analysis of clustered ROC curve data"). With one row an account this is DeLong's formula itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, sqrt
from statistics import NormalDist

import numpy as np

from evergrow.lib.ranks import mid_ranks

GRID = np.arange(0, 101) / 100
SURE = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its 95% interval; ``error`` is the standard error."""

    value: float
    low: float
    high: float
    error: float


def z_of(sure: float = SURE) -> float:
    """How many standard errors an interval of this certainty reaches."""
    return NormalDist().inv_cdf((1 + sure) / 2)


def areas(risks: Sequence[np.ndarray], lost: np.ndarray, accounts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The areas of several risks over the same rows, and the covariance matrix of these areas.

    ``lost``: whether it happened, ``accounts``: whose row it is. Raises ValueError unless rows of both kinds, and at
    least two accounts of each, are there.
    """
    is_lost = lost.astype(bool)
    _, owner = np.unique(accounts, return_inverse=True)
    owners, positives, negatives = int(owner.max(initial=-1)) + 1, owner[is_lost], owner[~is_lost]
    with_lost, with_kept = len(np.unique(positives)), len(np.unique(negatives))
    if min(with_lost, with_kept) < 2:
        raise ValueError("An area needs two accounts that were lost and two that were kept.")
    found = np.empty(len(risks))
    lost_parts, kept_parts = np.empty((len(risks), owners)), np.empty((len(risks), owners))
    for place, risk in enumerate(risks):
        over_kept, over_lost = _placements(risk[is_lost], risk[~is_lost])
        found[place] = over_kept.mean()
        lost_parts[place] = np.bincount(positives, over_kept - found[place], owners)
        kept_parts[place] = np.bincount(negatives, over_lost - found[place], owners)
    m, n = len(positives), len(negatives)
    covariance = (
        with_lost / (with_lost - 1) * lost_parts @ lost_parts.T / m**2
        + with_kept / (with_kept - 1) * kept_parts @ kept_parts.T / n**2
        + owners / (owners - 1) * (lost_parts @ kept_parts.T + kept_parts @ lost_parts.T) / (m * n)
    )
    return found, covariance


def _placements(lost: np.ndarray, kept: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each lost row the share of kept ones below it, for each kept row the share of lost ones above it.

    By mid-ranks, after Sun and Xu (IEEE Signal Processing Letters 21, 2014): sorting, not comparing all pairs.
    """
    together = mid_ranks(np.concatenate([lost, kept]))
    over_kept = (together[: len(lost)] - mid_ranks(lost)) / len(kept)
    over_lost = 1 - (together[len(lost) :] - mid_ranks(kept)) / len(lost)
    return over_kept, over_lost


def area(risk: np.ndarray, lost: np.ndarray, accounts: np.ndarray) -> Estimate:
    """The area under the ROC curve with its interval, kept within 0–1. Raises ValueError as ``areas``."""
    (value,), covariance = areas([risk], lost, accounts)
    error = float(np.sqrt(covariance[0, 0]))
    reach = z_of() * error
    return Estimate(float(value), max(0.0, float(value) - reach), min(1.0, float(value) + reach), error)


@dataclass(frozen=True, slots=True)
class Difference:
    """The area of one risk minus that of another on the same rows; ``p`` two-sided, 1 where both rank alike."""

    value: float
    low: float
    high: float
    p: float

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low > 0 or self.high < 0


def difference(mine: np.ndarray, other: np.ndarray, lost: np.ndarray, accounts: np.ndarray) -> Difference:
    """How much better ``mine`` ranks than ``other``; paired, so that what both get wrong does not blur it."""
    (first, second), covariance = areas([mine, other], lost, accounts)
    value = float(first - second)
    variance = float(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    error = float(np.sqrt(max(variance, 0.0)))
    if error < 1e-12:
        return Difference(value, value, value, 1.0 if abs(value) < 1e-12 else 0.0)
    reach = z_of() * error
    return Difference(value, value - reach, value + reach, erfc(abs(value) / error / sqrt(2)))


def roc(risk: np.ndarray, lost: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The corners of the curve: false alarms (share of kept) and hits (share of lost), both rising from 0 to 1."""
    order = np.argsort(-risk, kind="stable")
    hits = np.cumsum(lost[order].astype(bool))
    alarms = np.arange(1, len(order) + 1) - hits
    ends = np.flatnonzero(np.append(np.diff(risk[order]) != 0, True))
    hit = np.concatenate([[0.0], hits[ends] / max(hits[-1], 1)])
    alarm = np.concatenate([[0.0], alarms[ends] / max(alarms[-1], 1)])
    return alarm, hit


def on_grid(risk: np.ndarray, lost: np.ndarray) -> list[float]:
    """The hits at each whole percent of false alarms, the higher end where the curve rises upright."""
    alarm, hit = roc(risk, lost)
    last = np.append(np.diff(alarm) > 0, True)
    found: list[float] = np.interp(GRID, alarm[last], hit[last]).tolist()
    return found
