"""Models as plain JSON, and what they say of accounts: log-odds, and exact parts of it by feature.

A definition holds numbers in lists and nothing that runs. Two kinds:

* ``logistic``: log-odds = intercept + Σ coefficient · (value − mean) / scale, counts first as log(1 + value). A gap
  stands at the mean and may weigh of its own.
* ``trees``: log-odds = base + Σ of small decision trees (gradient boosting). ``trees.py`` follows them.

``calibration`` turns log-odds z into slope · z + intercept (Platt 1999), and a probability by 1 / (1 + e^−z).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from evergrow.health.risk import trees

Definition = Mapping[str, Any]
FARTHEST = 3.0


@dataclass(frozen=True, slots=True)
class Parts:
    """Calibrated log-odds of each row: ``base`` + the sum of its ``effects`` (rows × features)."""

    base: float
    effects: np.ndarray

    @property
    def log_odds(self) -> np.ndarray:
        found: np.ndarray = self.base + self.effects.sum(axis=1)
        return found


def log_odds(definition: Definition, values: np.ndarray) -> np.ndarray:
    """Log-odds before calibration for rows × features, NaN where a value is not known."""
    if definition["kind"] == "trees":
        return trees.log_odds(definition, values)
    parts = _logistic(definition, values)
    return parts.log_odds


def calibrated(definition: Definition, raw: np.ndarray) -> np.ndarray:
    """Probabilities (0–1) from the log-odds of the model."""
    found = definition["calibration"]
    return probability(found["slope"] * raw + found["intercept"])


def predict(definition: Definition, values: np.ndarray) -> np.ndarray:
    """Calibrated probabilities (0–1)."""
    return calibrated(definition, log_odds(definition, values))


def explain(definition: Definition, values: np.ndarray) -> Parts:
    """What each feature adds to the calibrated log-odds of each row; base and effects add up exactly."""
    parts = trees.parts(definition, values) if definition["kind"] == "trees" else None
    base, effects = (parts.base, parts.effects) if parts else _split(_logistic(definition, values))
    slope, intercept = definition["calibration"]["slope"], definition["calibration"]["intercept"]
    return Parts(slope * base + intercept, slope * effects)


def probability(odds: np.ndarray) -> np.ndarray:
    """1 / (1 + e^−z), without overflow."""
    found: np.ndarray = 0.5 * (1 + np.tanh(0.5 * np.asarray(odds, dtype=float)))
    return found


def prepared(values: np.ndarray, logs: np.ndarray) -> np.ndarray:
    """Values as the logistic model takes them: counts as sign · log(1 + |value|)."""
    return np.where(logs, np.sign(values) * np.log1p(np.abs(values)), values)


def standardised(ready: np.ndarray, mean: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Deviations from the mean, gaps at it; what is further off than three stands at three, for a line goes on for ever
    and what it stands for does not."""
    return np.where(np.isnan(ready), 0.0, np.clip((ready - mean) / scale, -FARTHEST, FARTHEST))


def _logistic(definition: Definition, values: np.ndarray) -> Parts:
    """A gap adds what gaps add more than they do on average; a known value the same, less often."""
    found = {key: np.array(definition[key]) for key in ("log", "mean", "scale", "coefficient", "gap", "gap_share")}
    ready = prepared(values, found["log"].astype(bool))
    is_gap = np.isnan(ready)
    standard = standardised(ready, found["mean"], found["scale"])
    effects = standard * found["coefficient"] + (is_gap - found["gap_share"]) * found["gap"]
    return Parts(definition["intercept"] + float(found["gap_share"] @ found["gap"]), effects)


def _split(parts: Parts) -> tuple[float, np.ndarray]:
    return parts.base, parts.effects
