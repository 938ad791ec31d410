"""Whether today's customers still look like those the model learned from: the population stability index (PSI).

PSI = Σ (share now − share then) · ln(share now / share then) over ten groups of the values of then, gaps a group of
their own. By custom up to 0.1 is steady, above 0.25 another population. Few accounts alone bring a PSI of about
(groups − 1) · (1/n now + 1/n then), which is taken off before judging.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

GROUPS = 10
SOME, MUCH = 0.1, 0.25
FLOOR = 0.0005


def reference(values: np.ndarray) -> dict[str, Any]:
    """How one column of values is spread: the inner edges of ten groups, the share of each, of gaps last."""
    known = values[~np.isnan(values)]
    edges = np.unique(np.quantile(known, np.linspace(0, 1, GROUPS + 1)[1:-1])) if len(known) else np.empty(0)
    middle = float(np.median(known)) if len(known) else None
    return {"edges": edges.tolist(), "shares": _shares(values, edges).tolist(), "rows": len(values), "median": middle}


def index(found: Mapping[str, Any], values: np.ndarray) -> float:
    """The PSI of values against a reference, less what chance alone brings; never below 0."""
    if not len(values):
        return 0.0
    then = np.maximum(np.array(found["shares"]), FLOOR)
    now = np.maximum(_shares(values, np.array(found["edges"])), FLOOR)
    by_chance = (len(then) - 1) * (1 / len(values) + 1 / max(1, found["rows"]))
    total = float(((now - then) * np.log(now / then)).sum())
    return float(max(0.0, total - by_chance))


def verdict(psi: float) -> str:
    """steady, some or much."""
    return "much" if psi > MUCH else "some" if psi > SOME else "steady"


def _shares(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    is_gap = np.isnan(values)
    group = np.where(is_gap, len(edges) + 1, np.searchsorted(edges, np.nan_to_num(values), side="left"))
    found: np.ndarray = np.bincount(group.astype(int), minlength=len(edges) + 2) / max(1, len(values))
    return found
