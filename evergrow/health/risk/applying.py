"""What a model says of the customers of a day, with intervals, bands and reasons."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from evergrow.health.risk import outcomes, plain, wording
from evergrow.health.risk.catalogue import KEYS
from evergrow.health.risk.features import Features
from evergrow.health.risk.records import Records
from evergrow.health.risk.scores import Scored

REASONS = 6
LEAST_EFFECT = 0.05


def apply(definition: Mapping[str, Any], known: Records, seen: Features) -> Scored:
    """Score the customers of the day that the features are of."""
    numbers = outcomes.customers(known, seen.day)
    values = seen.of(numbers)[:, [KEYS.index(key) for key in definition["features"]]]
    parts = plain.explain(definition, values)
    chance = plain.probability(parts.log_odds)
    low, high = intervals(definition, chance)
    return Scored(seen.day, numbers, chance, low, high, parts.base, parts.effects, values)


def intervals(definition: Mapping[str, Any], chance: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The interval of the share observed among held-out accounts with a like prediction, the prediction included."""
    table = np.array(definition["intervals"], dtype=float)
    group = np.minimum(np.searchsorted(table[:, 1], chance, side="left"), len(table) - 1)
    return np.minimum(table[group, 2], chance), np.maximum(table[group, 3], chance)


def bands(definition: Mapping[str, Any], chance: np.ndarray) -> np.ndarray:
    """high, raised or low beside the share of all customers to whom it happened."""
    edges = definition["bands"]
    return np.where(chance >= edges["high"], "high", np.where(chance >= edges["raised"], "raised", "low"))


def reasons(definition: Mapping[str, Any], found: Scored) -> list[list[dict[str, Any]]]:
    """Up to six features a row, largest effect first; those that hardly count are left out."""
    usual = [definition["reference"]["features"][key]["median"] for key in definition["features"]]
    order = np.argsort(-np.abs(found.effects), axis=1, kind="stable")[:, :REASONS]
    told = []
    for row in range(len(found)):
        picked = [int(c) for c in order[row] if abs(found.effects[row, c]) >= LEAST_EFFECT]
        told.append([_reason(definition["features"][c], found, row, c, usual[c]) for c in picked])
    return told


def _reason(key: str, found: Scored, row: int, column: int, usual: float | None) -> dict[str, Any]:
    value = found.observed[row, column]
    return wording.reason(key, None if np.isnan(value) else float(value), usual, float(found.effects[row, column]))
