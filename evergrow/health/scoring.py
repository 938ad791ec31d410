"""Measures → points → groups → overall, for any number of accounts at once, without a database.

Arrays have one row per account and one column per measure of the card; NaN means "not observed".

The overall score is a weighted mean ``Σ e·q`` whose effective weights ``e`` add up to 1. A measure that was not
observed is treated as its null policy says:

within-group  its weight goes to the other measures of its group, the group keeps its weight;
flat          its weight goes to every other measure of the card, in proportion;
neutral-50    it keeps its weight and counts 50 points;
worst         it keeps its weight and counts 0 points.

Nothing observed → no score (NaN), never 0. Nothing is rounded here.
"""

from dataclasses import dataclass

import numpy as np

from evergrow.health.card import INSUFFICIENT, Card

Grid = np.ndarray

FILL = {"neutral-50": 50.0, "worst": 0.0}


@dataclass(frozen=True, slots=True)
class Scores:
    """``overall``, ``coverage``, ``band``: one per account; ``groups``: accounts × groups;
    ``points``, ``weights``: accounts × measures (weights are the effective ones)."""

    overall: np.ndarray
    coverage: np.ndarray
    band: np.ndarray
    groups: Grid
    points: Grid
    weights: Grid


def score(card: Card, values: Grid) -> Scores:
    """Score every row of observed ``values`` (accounts × measures of the card)."""
    points = points_of(card, values)
    observed = ~np.isnan(points)
    weights = effective_weights(card, observed)
    filled = fill(card, points)
    overall = (weights * filled).sum(axis=1)
    covered = coverage(card, observed)
    return Scores(
        overall=overall,
        coverage=covered,
        band=bands(card, overall, covered),
        groups=group_scores(card, weights, filled, observed),
        points=points,
        weights=weights,
    )


def points_of(card: Card, values: Grid) -> Grid:
    """Points 0–100 of each observed value; NaN where there is none."""
    points = np.empty(values.shape)
    for number, measure in enumerate(card.measures):
        points[:, number] = measure.scoring.points(values[:, number])
    return points


def fill(card: Card, points: Grid) -> Grid:
    """Points with the gaps filled by what the null policy counts (0 where the weight is 0 anyway)."""
    filler = np.array([FILL.get(measure.null_policy, 0.0) for measure in card.measures])
    return np.where(np.isnan(points), filler, points)


def effective_weights(card: Card, observed: Grid) -> Grid:
    """The weight with which each measure counts in the overall score; rows add up to 1.

    A row in which nothing that weighs was observed is NaN throughout.
    """
    shares, group_of = card.shares, card.group_of
    keeps = np.array([measure.null_policy in FILL for measure in card.measures])
    gives_to_all = np.array([measure.null_policy == "flat" for measure in card.measures])
    counts = observed | keeps
    weights = np.zeros(observed.shape)
    for group in range(len(card.groups)):
        columns = group_of == group
        share, inside = shares[columns], counts[:, columns]
        left = (share * ~(~inside & gives_to_all[columns])).sum(axis=1)
        present = share * inside
        total = present.sum(axis=1, keepdims=True)
        weights[:, columns] = np.divide(present * left[:, None], total, out=np.zeros(present.shape), where=total > 0)
    whole = weights.sum(axis=1, keepdims=True)
    is_scored = (coverage(card, observed)[:, None] > 0) & (whole > 0)
    out: Grid = np.full(weights.shape, np.nan)
    np.divide(weights, whole, out=out, where=is_scored)
    return out


def coverage(card: Card, observed: Grid) -> np.ndarray:
    """The share of the card's weight that was observed, 0–1."""
    covered: np.ndarray = observed @ card.shares
    return np.where((observed | (card.shares == 0)).all(axis=1), 1.0, covered)


def group_scores(card: Card, weights: Grid, filled: Grid, observed: Grid) -> Grid:
    """The mean of each group as it counts in the overall score; NaN where none of its measures was observed."""
    scores = np.full((len(weights), len(card.groups)), np.nan)
    for group in range(len(card.groups)):
        columns = card.group_of == group
        total = weights[:, columns].sum(axis=1)
        earned = (weights[:, columns] * filled[:, columns]).sum(axis=1)
        seen = (observed[:, columns] & (card.shares[columns] > 0)).any(axis=1) & (total > 0)
        np.divide(earned, total, out=scores[:, group], where=seen)
    return scores


def bands(card: Card, overall: np.ndarray, covered: np.ndarray) -> np.ndarray:
    """The band of each score: [low, high), the last closed; "insufficient" without a score or below minimum coverage.

    Coverage is compared with a tolerance of 1e-9, so that 0.5 reached by adding weights is 0.5.
    """
    names = np.array([band.key for band in card.bands], dtype=object)
    edges = np.array([band.low for band in card.bands[1:]])
    found = names[np.searchsorted(edges, overall, side="right").clip(0, len(names) - 1)]
    is_enough = ~np.isnan(overall) & (covered >= card.min_coverage - 1e-9)
    return np.where(is_enough, found, INSUFFICIENT)
