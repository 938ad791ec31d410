"""Small decision trees on arrays: what they come to, and what each feature adds to it.

A tree is columns of nodes, node 0 the root: ``feature`` (−1 at a leaf), ``threshold`` (a value up to it goes left),
``gaps_left``, ``left``, ``right``, ``value`` of leaves, ``count`` of training rows.

The effects are Shapley values of the expectation along the tree's paths (Lundberg et al., "From local explanations to
global understanding with explainable AI for trees", 2020, path-dependent): with a set of features known, a split on
one of them is followed and any other split is averaged by ``count``. Trees here split on few features, so all sets are
gone through.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from math import factorial
from typing import Any

import numpy as np

LEAF = -1
MOST_FEATURES = 7


@dataclass(frozen=True, slots=True)
class TreeParts:
    """Log-odds of each row: ``base`` + the sum of its ``effects`` (rows × features)."""

    base: float
    effects: np.ndarray


def log_odds(definition: Mapping[str, Any], values: np.ndarray) -> np.ndarray:
    """The base and the leaves that each row comes to, added up."""
    total = np.full(len(values), float(definition["base"]))
    for tree in definition["trees"]:
        total += _Tree(tree, values).expected(0, frozenset(_features(tree)))
    return total


def parts(definition: Mapping[str, Any], values: np.ndarray) -> TreeParts:
    """The mean of the training rows as base, and exact effects of the features."""
    base = float(definition["base"])
    effects = np.zeros(values.shape)
    for tree in definition["trees"]:
        found = _Tree(tree, values)
        features = _features(tree)
        if len(features) > MOST_FEATURES:
            raise ValueError(f"A tree splits on {len(features)} features; effects are computed for {MOST_FEATURES}.")
        worth = {known: found.expected(0, known) for known in _sets(features)}
        base += float(worth[frozenset()][0]) if len(values) else 0.0
        for feature in features:
            effects[:, feature] += _shapley(feature, features, worth)
    return TreeParts(base, effects)


def _features(tree: Mapping[str, Any]) -> list[int]:
    return sorted({feature for feature in tree["feature"] if feature != LEAF})


def _sets(features: list[int]) -> list[frozenset[int]]:
    return [frozenset(part) for size in range(len(features) + 1) for part in combinations(features, size)]


def _shapley(feature: int, features: list[int], worth: Mapping[frozenset[int], np.ndarray]) -> np.ndarray:
    size = len(features)
    total = np.zeros(len(worth[frozenset()]))
    for known in _sets([other for other in features if other != feature]):
        weight = factorial(len(known)) * factorial(size - len(known) - 1) / factorial(size)
        total += weight * (worth[known | {feature}] - worth[known])
    return total


class _Tree:
    """One tree over all rows; which way a row goes at a node is looked up once."""

    def __init__(self, tree: Mapping[str, Any], values: np.ndarray) -> None:
        self.tree, self.rows = tree, len(values)
        self.goes_left = {node: self._way(node, values) for node, f in enumerate(tree["feature"]) if f != LEAF}

    def _way(self, node: int, values: np.ndarray) -> np.ndarray:
        column = values[:, self.tree["feature"][node]]
        is_low = column <= self.tree["threshold"][node]
        found: np.ndarray = np.where(np.isnan(column), bool(self.tree["gaps_left"][node]), is_low)
        return found

    def expected(self, node: int, known: frozenset[int]) -> np.ndarray:
        """The mean value below a node for each row when the features ``known`` are."""
        tree = self.tree
        if tree["feature"][node] == LEAF:
            return np.full(self.rows, float(tree["value"][node]))
        left, right = (self.expected(tree[side][node], known) for side in ("left", "right"))
        weight: Any = tree["count"][tree["left"][node]] / tree["count"][node]
        if tree["feature"][node] in known:
            weight = self.goes_left[node]
        found: np.ndarray = weight * left + (1 - weight) * right
        return found
