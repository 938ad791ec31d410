"""Fitting candidates with scikit-learn and writing them down as plain definitions (``plain.py``).

The package is large, and brought in only where a model is trained.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from evergrow.health.risk import plain

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingClassifier

LEAST_GAPS = 0.01
AS_IT_IS = {"slope": 1.0, "intercept": 0.0}
SEED = 20_260_325


@dataclass(frozen=True, slots=True)
class Rows:
    """Training rows: ``values`` rows × features (NaN for gaps), ``outcome`` 0 or 1, ``group`` the account of each."""

    values: np.ndarray
    outcome: np.ndarray
    group: np.ndarray
    logs: np.ndarray

    def __len__(self) -> int:
        return len(self.outcome)

    def at(self, places: np.ndarray) -> "Rows":
        return Rows(self.values[places], self.outcome[places], self.group[places], self.logs)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A way to fit; ``key`` names it in the model card."""

    key: str
    fit: Callable[[Rows], dict[str, Any]]


def logistic(strength: float) -> Candidate:
    """Logistic regression with an L2 penalty of 1 / (2 · ``strength``)."""

    def fit(rows: Rows) -> dict[str, Any]:
        from sklearn.linear_model import LogisticRegression
        from threadpoolctl import threadpool_limits

        ready = plain.prepared(rows.values, rows.logs)
        is_gap = np.isnan(ready)
        share = is_gap.mean(axis=0)
        mean, scale = _spread(ready)
        standard = plain.standardised(ready, mean, scale)
        weighs = (share > LEAST_GAPS) & (share < 1 - LEAST_GAPS)
        table = np.hstack([standard, is_gap[:, weighs].astype(float)])
        with threadpool_limits(1):
            model = LogisticRegression(C=strength, max_iter=2000).fit(table, rows.outcome)
        gap = np.zeros(len(mean))
        gap[weighs] = model.coef_[0][len(mean) :]
        return {
            "kind": "logistic",
            "log": rows.logs.astype(bool).tolist(),
            "mean": mean.tolist(),
            "scale": scale.tolist(),
            "coefficient": model.coef_[0][: len(mean)].tolist(),
            "gap": gap.tolist(),
            "gap_share": share.tolist(),
            "intercept": float(model.intercept_[0]),
            "calibration": dict(AS_IT_IS),
        }

    return Candidate(f"logistic, C {strength:g}", fit)


def boosting(trees: int, rate: float, depth: int = 2) -> Candidate:
    """Gradient boosting of small trees with a penalty of 10 on leaves and at least 40 rows in each."""

    def fit(rows: Rows) -> dict[str, Any]:
        return written(boosted(rows, trees, rate, depth))

    return Candidate(f"boosting, {trees} trees of depth {depth}, rate {rate:g}", fit)


def boosted(rows: Rows, trees: int, rate: float, depth: int) -> "HistGradientBoostingClassifier":
    """The fitted model of scikit-learn, single-threaded, the same each time."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    model = HistGradientBoostingClassifier(
        max_iter=trees,
        learning_rate=rate,
        max_depth=depth,
        l2_regularization=10,
        min_samples_leaf=40,
        early_stopping=False,
        random_state=SEED,
    )
    with threadpool_limits(1):
        return model.fit(rows.values, rows.outcome)


def written(model: "HistGradientBoostingClassifier") -> dict[str, Any]:
    """A fitted boosting model as a definition."""
    return {
        "kind": "trees",
        "base": float(np.ravel(model._baseline_prediction)[0]),
        "trees": [_tree(stage[0].nodes) for stage in model._predictors],
        "calibration": dict(AS_IT_IS),
    }


def _tree(nodes: np.ndarray) -> dict[str, list[Any]]:
    is_leaf = nodes["is_leaf"].astype(bool)
    return {
        "feature": np.where(is_leaf, -1, nodes["feature_idx"].astype(int)).tolist(),
        "threshold": np.where(is_leaf, 0.0, nodes["num_threshold"]).tolist(),
        "gaps_left": nodes["missing_go_to_left"].astype(int).tolist(),
        "left": nodes["left"].astype(int).tolist(),
        "right": nodes["right"].astype(int).tolist(),
        "value": np.where(is_leaf, nodes["value"], 0.0).tolist(),
        "count": nodes["count"].astype(int).tolist(),
    }


def _spread(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of the known values; 0 and 1 where none is known or all are equal."""
    known = ~np.isnan(values)
    count = np.maximum(known.sum(axis=0), 1)
    mean = np.where(known, values, 0.0).sum(axis=0) / count
    spread = np.sqrt((np.where(known, values - mean, 0.0) ** 2).sum(axis=0) / count)
    return mean, np.where(spread > 1e-9, spread, 1.0)


CANDIDATES: Sequence[Candidate] = (logistic(0.05), logistic(1.0), boosting(100, 0.1), boosting(300, 0.05))
