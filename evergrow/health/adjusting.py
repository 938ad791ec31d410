"""What is done to a score after the measures: exceptions of the card, overrides by people, the accounts below.

Pure functions on arrays, one row per account; NaN is "no score". Every step says how many points it did, so that
``raw + exceptions + override + children`` is the score that counts. In order:

1. exceptions, in the card's order; where one is met those after it are not tried, unless it says so. An exception
   changes a score, it makes none: where there is nothing to change it does nothing, and too little data stays so.
2. overrides, of groups and then of the score. An override of the score gives one, and a band, even without data.
3. the accounts below, from the bottom up; those with too little data do not count.

A changed group moves the score by its effective weight times the change, within 0–100. An overridden group
without any data counts with its nominal weight beside the groups that have data.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evergrow.health.card import INSUFFICIENT, Card, ExceptionRule, RollUp
from evergrow.health.scoring import Scores, bands

Grid = np.ndarray


@dataclass(frozen=True, slots=True)
class Held:
    """Overrides in force: ``values`` (NaN: none) and ``ids`` (0: none), accounts × (the score, then each group)."""

    values: Grid
    ids: Grid

    @classmethod
    def nothing(cls, size: int, card: Card) -> "Held":
        shape = (size, len(card.targets))
        return cls(np.full(shape, np.nan), np.zeros(shape, dtype=np.int64))


@dataclass(frozen=True, slots=True)
class Adjusted:
    """The score with what was done to it; ``exceptions``: accounts × the card's exceptions, NaN where not applied.

    ``is_given``: the score itself was overridden. ``beneath``: each override's target without the override.
    """

    overall: np.ndarray
    band: np.ndarray
    groups: Grid
    exceptions: Grid
    override: np.ndarray
    is_given: np.ndarray
    beneath: Grid


def adjust(card: Card, scores: Scores, met: Grid, held: Held) -> Adjusted:
    """Apply exceptions where ``met`` (accounts × exceptions, bool) and overrides to freshly computed scores."""
    overall, groups = scores.overall.copy(), scores.groups.copy()
    weights = group_weights(card, scores.weights)
    effects = np.full((len(overall), len(card.exceptions)), np.nan)
    is_open = np.ones(len(overall), dtype=bool)
    for place, rule in enumerate(card.exceptions):
        hit = is_open & met[:, place].astype(bool)
        effects[hit, place] = _apply(rule, card, overall, groups, weights, hit)
        if not rule.goes_on:
            is_open &= ~hit
    beneath = np.column_stack([overall, groups])
    before = overall.copy()
    for place in range(len(card.groups)):
        _hold_group(card, place, held.values[:, place + 1], overall, groups, weights)
    is_given = ~np.isnan(held.values[:, 0])
    overall[is_given] = held.values[is_given, 0]
    found = bands(card, overall, np.where(is_given, 1.0, scores.coverage))
    any_held = ~np.isnan(held.values).all(axis=1)
    override = np.where(any_held, overall - before, 0.0)
    return Adjusted(overall, found, groups, effects, override, is_given, beneath)


def group_weights(card: Card, weights: Grid) -> Grid:
    """The effective weight of each group; 0 where there is no score."""
    found = [np.nan_to_num(weights[:, card.group_of == place]).sum(axis=1) for place in range(len(card.groups))]
    return np.column_stack(found)


def _apply(
    rule: ExceptionRule, card: Card, overall: np.ndarray, groups: Grid, weights: Grid, hit: np.ndarray
) -> np.ndarray:
    """Change the rows that are hit; the points it did to each score, NaN where there was nothing to change."""
    before = overall[hit]
    if rule.target:
        place = card.targets.index(rule.target) - 1
        was = groups[hit, place]
        groups[hit, place] = _acted(rule, was)
        moved = np.nan_to_num(weights[hit, place] * (groups[hit, place] - was))
        overall[hit] = np.clip(before + moved, 0.0, 100.0)
        return np.where(np.isnan(was), np.nan, overall[hit] - before)
    overall[hit] = _acted(rule, before)
    done: np.ndarray = overall[hit] - before
    return done


def _acted(rule: ExceptionRule, scores: np.ndarray) -> np.ndarray:
    match rule.action:
        case "set":
            return np.where(np.isnan(scores), np.nan, rule.value)
        case "cap":
            return np.where(np.isnan(scores), np.nan, np.minimum(scores, rule.value))
        case "floor":
            return np.where(np.isnan(scores), np.nan, np.maximum(scores, rule.value))
    return np.clip(scores + rule.value, 0.0, 100.0)


def _hold_group(card: Card, place: int, values: np.ndarray, overall: np.ndarray, groups: Grid, weights: Grid) -> None:
    rows = np.flatnonzero(~np.isnan(values))
    if not len(rows):
        return
    shares = np.array([card.shares[card.group_of == each].sum() for each in range(len(card.groups))])
    had = weights[rows, place]
    counted = (weights[rows] > 0) @ shares
    nominal = np.divide(shares[place], shares[place] + counted, out=np.ones(len(rows)), where=counted > 0)
    was, is_absent = groups[rows, place], np.isnan(groups[rows, place])
    old = overall[rows]
    joined = np.where(np.isnan(old), values[rows], old + nominal * (values[rows] - old))
    moved = np.where(is_absent, joined, old + had * (values[rows] - np.nan_to_num(was)))
    overall[rows] = np.clip(moved, 0.0, 100.0)
    groups[rows, place] = values[rows]


@dataclass(frozen=True, slots=True)
class Family:
    """Accounts and the row of the account above each, −1 for none; ``mrr`` weighs the mean."""

    parents: np.ndarray
    mrr: np.ndarray
    rules: Sequence[RollUp]


def roll_up(family: Family, overall: np.ndarray, is_enough: np.ndarray) -> np.ndarray:
    """The scores with the accounts below counted; equal to ``overall`` where there are none or the card counts none.

    ``is_enough``: rows whose score has a band. A circle of parents is cut where it closes.
    """
    found, counts = overall.copy(), is_enough.copy()
    below: dict[int, list[int]] = {}
    for row, above in enumerate(family.parents.tolist()):
        if above >= 0 and above != row:
            below.setdefault(above, []).append(row)
    for row in _bottom_up(below):
        rule = family.rules[row]
        children = [child for child in below[row] if counts[child]]
        if rule.children == "own" or not children:
            continue
        theirs = _of_children(rule, found[children], family.mrr[children])
        own = overall[row]
        mine = rule.own_share if is_enough[row] and not np.isnan(own) else 0.0
        found[row] = mine * own + (1 - mine) * theirs if mine else theirs
        counts[row] = True
    return found


def _of_children(rule: RollUp, scores: np.ndarray, mrr: np.ndarray) -> float:
    if rule.children == "worst":
        return float(scores.min())
    weights = np.nan_to_num(mrr).clip(0)
    return float(np.average(scores, weights=weights if weights.sum() > 0 else None))


def _bottom_up(below: dict[int, list[int]]) -> list[int]:
    """Every account that has some below it, after those below it."""
    order: list[int] = []
    state: dict[int, int] = {}
    for start in below:
        stack = [(start, False)]
        while stack:
            row, is_done = stack.pop()
            if is_done:
                order.append(row)
            elif row not in state:
                state[row] = 1
                stack.append((row, True))
                stack += [(child, False) for child in below[row] if child in below and child not in state]
    return order


def band_of(card: Card, overall: np.ndarray, is_enough: np.ndarray) -> np.ndarray:
    """The bands of scores of which it is known whether their data suffices."""
    return np.where(is_enough, bands(card, overall, np.ones(len(overall))), INSUFFICIENT)
