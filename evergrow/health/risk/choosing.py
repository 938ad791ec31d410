"""Choosing among candidates by held-out rows, calibrating on the same held-out rows, fitting on all.

1. Every candidate is fitted for each split on the rows to learn from and asked about the rows held out.
2. The candidate with the least log loss on all held-out rows, each calibrated by the *other* splits, is taken.
3. Its calibration is fitted on all its held-out predictions; the model itself on all rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import minimize

from evergrow.health.risk import measures, plain
from evergrow.health.risk.fitting import CANDIDATES, Candidate, Rows

Split = tuple[np.ndarray, np.ndarray]
LEAST_SLOPE = 0.05


@dataclass(frozen=True, slots=True)
class Chosen:
    """``losses``: log loss of each candidate on held-out rows. ``held_out``: the places of those rows and the chosen
    candidate's log-odds for them, before calibration."""

    candidate: Candidate
    definition: dict[str, Any]
    losses: dict[str, float]
    held_out: np.ndarray
    held_out_log_odds: np.ndarray


def choose(rows: Rows, splits: Sequence[Split], candidates: Sequence[Candidate] = CANDIDATES) -> Chosen:
    """The best candidate, fitted on all rows and calibrated. ``splits``: places to learn from, and to hold out."""
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
    definition = best.fit(rows) | {"calibration": calibration(found[best.key], outcome)}
    return Chosen(best, definition, losses, held_out, found[best.key])


def calibration(raw: np.ndarray, outcome: np.ndarray) -> dict[str, float]:
    """Slope and intercept that make held-out log-odds most likely (Platt 1999, with his smoothed targets).

    The slope stays positive, so that the order of accounts never changes.
    """
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
