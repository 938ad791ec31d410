"""How good predictions are: ranking, calibration, lift, with intervals that count accounts and not rows.

Pure functions on arrays: ``chance`` probabilities (0–1) or any rising score, ``outcome`` 0 or 1, ``group`` the account.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from evergrow.lib.ranks import mid_ranks
from evergrow.lib.shares import wilson

GROUPS = 10
DRAWS = 200


@dataclass(frozen=True, slots=True)
class Bin:
    """Rows with like predictions: their mean ``predicted`` and ``observed`` share, with a 95 % interval by accounts."""

    low: float
    high: float
    rows: int
    accounts: int
    predicted: float
    observed: float
    observed_low: float
    observed_high: float


def auc(chance: np.ndarray, outcome: np.ndarray) -> float:
    """The share of pairs (one with the outcome, one without) that are in the right order, ties half; NaN for no pair.

    Mann–Whitney: AUC = (R − n₁(n₁ + 1)/2) / (n₁ n₀), with R the sum of the ranks of the n₁ with the outcome.
    """
    positive = int(outcome.sum())
    negative = len(outcome) - positive
    if not positive or not negative:
        return float("nan")
    ranks = mid_ranks(chance)[outcome == 1].sum()
    return float((ranks - positive * (positive + 1) / 2) / (positive * negative))


def auc_interval(chance: np.ndarray, outcome: np.ndarray, group: np.ndarray, draws: int = DRAWS) -> list[float]:
    """A 95 % interval of the AUC by drawing accounts, with all their rows, again and again (a cluster bootstrap)."""
    _, place = np.unique(group, return_inverse=True)
    size = int(place.max()) + 1 if len(place) else 0
    generator = np.random.default_rng(7)
    order = np.argsort(chance, kind="stable")
    chance, outcome, place = chance[order], outcome[order], place[order]
    found = [
        _weighted_auc(chance, outcome, np.bincount(generator.integers(0, size, size), minlength=size)[place])
        for _ in range(draws)
        if size
    ]
    known = [value for value in found if not np.isnan(value)]
    return [float(np.quantile(known, share)) for share in (0.025, 0.975)] if known else [float("nan")] * 2


def _weighted_auc(chance: np.ndarray, outcome: np.ndarray, weight: np.ndarray) -> float:
    """Rows rising by chance; each counts ``weight`` times. Equal chances are half right."""
    positive, negative = weight * outcome, weight * (1 - outcome)
    starts = np.flatnonzero(np.r_[True, chance[1:] != chance[:-1]])
    above, level = np.add.reduceat(positive, starts), np.add.reduceat(negative, starts)
    pairs = positive.sum() * negative.sum()
    below = np.cumsum(level) - level
    return float((above * (below + level / 2)).sum() / pairs) if pairs else float("nan")


def brier(chance: np.ndarray, outcome: np.ndarray) -> float:
    """The mean of (predicted − happened)²; 0 is perfect, base · (1 − base) is knowing the base rate only."""
    return float(np.mean((chance - outcome) ** 2))


def log_loss(chance: np.ndarray, outcome: np.ndarray) -> float:
    """The mean of −ln of the probability given to what happened."""
    kept = np.clip(chance, 1e-12, 1 - 1e-12)
    return float(-np.mean(np.where(outcome == 1, np.log(kept), np.log1p(-kept))))


def calibration_error(
    chance: np.ndarray, outcome: np.ndarray, groups: int = GROUPS, *, by_width: bool = False
) -> float:
    """Expected calibration error: the mean distance of predicted and observed over groups, by their size.

    The groups are equally large, or with ``by_width`` equally wide steps of the probability (Guo et al. 2017).
    """
    error = 0.0
    for rows in _equally_wide(chance, groups) if by_width else _equally_large(chance, groups):
        error += len(rows) * abs(float(chance[rows].mean() - outcome[rows].mean()))
    return error / len(chance) if len(chance) else float("nan")


def lift(chance: np.ndarray, outcome: np.ndarray, share: float = 0.1) -> float:
    """How many times more often the outcome came among the ``share`` with the highest chance than among all."""
    base = outcome.mean() if len(outcome) else 0.0
    if not base:
        return float("nan")
    count = max(1, round(len(chance) * share))
    edge = np.sort(chance)[-count]
    above, level = chance > edge, chance == edge
    inside = outcome[above].sum() + outcome[level].mean() * (count - above.sum())
    return float(inside / count / base)


def reliability(chance: np.ndarray, outcome: np.ndarray, group: np.ndarray, groups: int = GROUPS) -> list[Bin]:
    """Predicted beside observed in equally large groups, rising."""
    found = []
    for rows in _equally_large(chance, groups):
        accounts = len(np.unique(group[rows]))
        observed = float(outcome[rows].mean())
        low, high = wilson(observed * accounts, accounts)
        edges = float(chance[rows].min()), float(chance[rows].max())
        found.append(Bin(*edges, len(rows), accounts, float(chance[rows].mean()), observed, low, high))
    return found


def roc(chance: np.ndarray, outcome: np.ndarray, points: int = 60) -> list[list[float]]:
    """Points (false alarms, found) as shares from (0, 0) to (1, 1), thinned for drawing."""
    order = np.argsort(-chance, kind="stable")
    ends = np.flatnonzero(np.r_[np.diff(chance[order]) != 0, True])
    hit, false = np.cumsum(outcome[order])[ends], np.cumsum(1 - outcome[order])[ends]
    if not len(hit) or not hit[-1] or not false[-1]:
        return []
    curve = np.vstack([[0.0, 0.0], np.column_stack([false / false[-1], hit / hit[-1]])])
    picked = np.unique(np.linspace(0, len(curve) - 1, min(points, len(curve))).round().astype(int))
    found: list[list[float]] = curve[picked].round(5).tolist()
    return found


def summary(chance: np.ndarray, outcome: np.ndarray, group: np.ndarray) -> dict[str, Any]:
    """All measures of one set of predictions, for the model card."""
    return {
        "rows": len(outcome),
        "accounts": len(np.unique(group)),
        "events": int(outcome.sum()),
        "base_rate": float(outcome.mean()) if len(outcome) else None,
        "auc": auc(chance, outcome),
        "auc_interval": auc_interval(chance, outcome, group),
        "brier": brier(chance, outcome),
        "calibration_error": calibration_error(chance, outcome),
        "lift": lift(chance, outcome),
    }


def _equally_large(chance: np.ndarray, groups: int) -> list[np.ndarray]:
    order = np.argsort(chance, kind="stable")
    return [rows for rows in np.array_split(order, groups) if len(rows)]


def _equally_wide(chance: np.ndarray, groups: int) -> list[np.ndarray]:
    place = np.minimum((chance * groups).astype(int), groups - 1)
    return [rows for number in range(groups) if len(rows := np.flatnonzero(place == number))]
