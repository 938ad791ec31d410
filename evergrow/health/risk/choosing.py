"""Choosing among candidates by held-out rows, calibrating on the same held-out rows, fitting on all.

1. Every candidate is fitted for each split on the rows to learn from and asked about the rows held out.
2. The candidate with the least log loss on all held-out rows, each calibrated by the *other* splits, is taken.
3. Its calibration is fitted on its held-out predictions, of all splits or of the last one (where splits follow each
   other in time that is nearest to what comes); the model itself on all rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evergrow.health.risk import measures, plain
from evergrow.health.risk.fitting import CANDIDATES, Candidate, Rows

Split = tuple[np.ndarray, np.ndarray]
LEAST_SLOPE = 0.05


@dataclass(frozen=True, slots=True)
class Chosen:
    """``losses``: log loss of each candidate on held-out rows."""

    candidate: Candidate
    definition: dict[str, Any]
    losses: dict[str, float]


def choose(
    rows: Rows, splits: Sequence[Split], candidates: Sequence[Candidate] = CANDIDATES, *, by_last: bool = False
) -> Chosen:
    """The best candidate, fitted on all rows and calibrated, ``by_last`` on the last split alone. ``splits``: places to
    learn from, and to hold out."""
    held_out = np.concatenate([test for _, test in splits])
    part = np.repeat(np.arange(len(splits)), [len(test) for _, test in splits])
    outcome = rows.outcome[held_out]
    found: dict[str, np.ndarray] = {}
    losses: dict[str, float] = {}
    for candidate in candidates:
        found[candidate.key] = np.concatenate(
            [plain.log_odds(candidate.fit(rows.at(train)), rows.values[test]) for train, test in splits]
        )
        losses[candidate.key] = measures.log_loss(_crosswise(found[candidate.key], outcome, part), outcome)
    best = min(candidates, key=lambda candidate: losses[candidate.key])
    counts = part == part.max() if by_last else np.ones(len(part), dtype=bool)
    fitted = calibration(found[best.key][counts], outcome[counts])
    return Chosen(best, best.fit(rows) | {"calibration": fitted}, losses)


def calibration(raw: np.ndarray, outcome: np.ndarray) -> dict[str, float]:
    """Slope and intercept that make held-out log-odds most likely (Platt 1999, with his smoothed targets).

    The slope stays positive, so that the order of accounts never changes.
    """
    from scipy.optimize import minimize  # large, and needed for training alone

    positive = float(outcome.sum())
    negative = len(outcome) - positive
    target = np.where(outcome == 1, (positive + 1) / (positive + 2), 1 / (negative + 2))

    def loss(guess: np.ndarray) -> tuple[float, np.ndarray]:
        odds = guess[0] * raw + guess[1]
        missed = plain.probability(odds) - target
        value = np.mean(np.logaddexp(0, odds) - target * odds)
        return float(value), np.array([np.mean(missed * raw), np.mean(missed)])

    best = minimize(loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B", bounds=[(LEAST_SLOPE, 20), (-30, 30)])
    return {"slope": float(best.x[0]), "intercept": float(best.x[1])}


def _crosswise(raw: np.ndarray, outcome: np.ndarray, part: np.ndarray) -> np.ndarray:
    """Probabilities of each split's rows calibrated on the others; as they are where there is only one."""
    chance = plain.probability(raw)
    if part.max() == 0:
        return chance
    for number in range(int(part.max()) + 1):
        mine = part == number
        fitted = calibration(raw[~mine], outcome[~mine])
        chance[mine] = plain.calibrated({"calibration": fitted}, raw[mine])
    return chance
