"""The usual benchmark of churn models, by a protocol that is honest about its folds.

Five outer folds. Within the other four, candidates are compared and the calibration is fitted on inner held-out folds
(``choosing.choose``); the outer fold is predicted once and never looked at before. AUC and calibration error are of all
outer predictions.
"""

import csv
import gzip
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.model_selection import StratifiedKFold

from evergrow.health.risk import measures, plain
from evergrow.health.risk.choosing import choose
from evergrow.health.risk.fitting import CANDIDATES, Candidate, Rows

NUMBERS = ("tenure", "MonthlyCharges", "TotalCharges")
LEFT_OUT = ("customerID", "Churn")
OUTER, INNER = 5, 3


@dataclass(frozen=True, slots=True)
class CrossValidated:
    """Out-of-fold predictions with their measures; ``baseline_auc`` is that of the tenure alone."""

    chance: np.ndarray
    outcome: np.ndarray
    auc: float
    auc_interval: list[float]
    error: float
    error_by_width: float
    brier: float
    lift: float
    baseline_auc: float


def read(path: Path) -> Rows:
    """The table as published, plain or gzipped: numbers as they are, every other column one-hot."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8-sig")
    table = list(csv.DictReader(io.StringIO(text)))
    columns = [name for name in table[0] if name not in LEFT_OUT]
    parts: list[list[float]] = []
    for name in columns:
        values = [row[name].strip() for row in table]
        if name in NUMBERS:
            parts.append([float(value) if value else np.nan for value in values])
            continue
        kinds = sorted(set(values))
        parts += [[float(value == kind) for value in values] for kind in (kinds[1:] if len(kinds) == 2 else kinds)]
    outcome = np.array([row["Churn"] == "Yes" for row in table], dtype=float)
    return Rows(np.array(parts).T, outcome, np.arange(len(table)), np.zeros(len(parts), dtype=bool))


def cross_validate(rows: Rows, candidates: Sequence[Candidate] = CANDIDATES, seed: int = 42) -> CrossValidated:
    """Predictions for every row by models that were chosen, calibrated and fitted without it."""
    chance = np.zeros(len(rows))
    for train, test in _folds(rows, OUTER, seed):
        mine = rows.at(train)
        chosen = choose(mine, _folds(mine, INNER, seed + 1), candidates)
        chance[test] = plain.predict(chosen.definition, rows.values[test])
    return CrossValidated(
        chance=chance,
        outcome=rows.outcome,
        auc=measures.auc(chance, rows.outcome),
        auc_interval=measures.auc_interval(chance, rows.outcome, rows.group),
        error=measures.calibration_error(chance, rows.outcome),
        error_by_width=measures.calibration_error(chance, rows.outcome, by_width=True),
        brier=measures.brier(chance, rows.outcome),
        lift=measures.lift(chance, rows.outcome),
        baseline_auc=measures.auc(-rows.values[:, _tenure(rows)], rows.outcome),
    )


def _folds(rows: Rows, count: int, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    folds = StratifiedKFold(count, shuffle=True, random_state=seed)
    return list(folds.split(rows.values, rows.outcome))


def _tenure(rows: Rows) -> int:
    """The first column that is a number of months and not yes or no."""
    return next(place for place in range(rows.values.shape[1]) if np.nanmax(rows.values[:, place]) > 1)
