"""Why a score moved: the change between two snapshots split into effects that add up to it.

Four kinds of effect, each per measure:

value    an observed value changed;
null     a value appeared, or went missing (also: expired);
weight   the published card was changed and weighs the measure, its group or its gaps differently;
scoring  the published card was changed and gives the same value other points.

Attribution. The walk from ``before`` to ``after`` changes one thing at a time: weights, scoring, gaps that closed,
gaps that opened, values; each step's difference is its effect. Walking from ``after`` to ``before`` in the same
order and turning the signs gives a second attribution; the result is the mean of both. So the effects always add
up to the change, the split of B→A is the split of A→B with the sign turned, a measure whose value did not change has
no value effect, and with one kind of cause it is the plain difference. (It is the Shapley value restricted to two of
the orders, as in Shorrocks, "Decomposition procedures for distributional analysis", 2013.)
Value and scoring steps are linear in the points, so their share per measure is ``e·Δpoints``. A weight step is shared
as ``Δ(e·q) − Δe·(mean of the two scores)``: a measure that gains weight helps if it is better than the whole.
Gaps change one measure at a time, in the card's order (between two cards: in the order of the keys).

A measure that only one of the two cards has is taken as unchanged in value, so that it is wholly a weight effect.
"""

from dataclasses import dataclass

import numpy as np

from evergrow.health.card import Card
from evergrow.health.scoring import effective_weights, fill, points_of

Grid = np.ndarray
Rows = np.ndarray | slice
ALL = slice(None)


@dataclass(frozen=True, slots=True)
class State:
    """A card and what was observed under it: accounts × the card's measures, NaN where nothing was."""

    card: Card
    values: Grid


def translated(then: State, card: Card, now: Grid) -> Grid:
    """What was observed then in the columns of another card; a measure the old card had not, as it is ``now``."""
    before = now.copy()
    for column, key in enumerate(card.keys):
        if key in then.card.keys:
            before[:, column] = then.values[:, then.card.place(key)]
    return before


@dataclass(frozen=True, slots=True)
class Effects:
    """Points per account × measure; ``keys`` names the columns. Rows without both scores are NaN.

    ``before + Σ value + Σ null + Σ weight + Σ scoring = after`` for every row.
    """

    keys: tuple[str, ...]
    before: np.ndarray
    after: np.ndarray
    value: Grid
    null: Grid
    weight: Grid
    scoring: Grid

    @property
    def customer(self) -> np.ndarray:
        """The change without what only the card did."""
        total: np.ndarray = self.value.sum(axis=1) + self.null.sum(axis=1)
        return total


def decompose(before: State, after: State) -> Effects:
    """Split the change of each account's score between two states with the same rows."""
    walk = _Walk(before, after)
    there, back = walk.steps(0), walk.steps(1)
    start, end = walk.overall(0, 0, walk.observed[0], 0), walk.overall(1, 1, walk.observed[1], 1)
    whole = end - start
    mean = _mean(there, -back)
    lost = np.isnan(mean).any(axis=(0, 2)) & ~np.isnan(whole)
    if lost.any():
        mean[:, lost] = 0.0
        mean[0, lost] = walk.contributions_changed()[lost]
    mean[:, np.isnan(whole)] = np.nan
    weight, scoring, null, value = mean
    return Effects(walk.keys, start, end, value=value, null=null, weight=weight, scoring=scoring)


def _mean(there: Grid, back: Grid) -> Grid:
    """The mean of two attributions; one alone where the other passed through a state that has no score."""
    is_bad_there = np.isnan(there).any(axis=(0, 2))
    is_bad_back = np.isnan(back).any(axis=(0, 2))
    there[:, is_bad_there] = back[:, is_bad_there]
    back[:, is_bad_back] = there[:, is_bad_back]
    mean: Grid = (there + back) / 2
    return mean


class _Walk:
    """Both states laid over the union of their measures. ``0`` is before, ``1`` is after."""

    def __init__(self, before: State, after: State) -> None:
        self.states = (before, after)
        self.keys = before.card.keys if before.card.keys == after.card.keys else _union(before.card, after.card)
        self.columns = [np.array([self.keys.index(key) for key in state.card.keys]) for state in self.states]
        own = [self._spread(i, points_of(state.card, state.values)) for i, state in enumerate(self.states)]
        values = [self._spread(i, state.values) for i, state in enumerate(self.states)]
        self.observed = self._observed(own)
        for side in (0, 1):
            values[side] = np.where(np.isnan(own[side]), values[1 - side], values[side])
        crossed = [self._score(scorer=0, values=values[1]), self._score(scorer=1, values=values[0])]
        self.points = {
            (0, 0): _first(own[0], crossed[1], crossed[0], own[1]),
            (1, 1): _first(own[1], crossed[0], crossed[1], own[0]),
            (0, 1): _first(crossed[1], own[0], own[1], crossed[0]),
            (1, 0): _first(crossed[0], own[1], own[0], crossed[1]),
        }

    def _spread(self, side: int, grid: Grid) -> Grid:
        wide = np.full((len(grid), len(self.keys)), np.nan)
        wide[:, self.columns[side]] = grid
        return wide

    def _score(self, *, scorer: int, values: Grid) -> Grid:
        card = self.states[scorer].card
        return self._spread(scorer, points_of(card, values[:, self.columns[scorer]]))

    def _observed(self, own: list[Grid]) -> list[Grid]:
        seen = [~np.isnan(points) for points in own]
        for side in (0, 1):
            absent = np.setdiff1d(np.arange(len(self.keys)), self.columns[side])
            seen[side][:, absent] = seen[1 - side][:, absent]
        return seen

    def weights(self, weigher: int, observed: Grid) -> Grid:
        """Effective weights over the union; 0 for measures the card has not."""
        columns = self.columns[weigher]
        found = effective_weights(self.states[weigher].card, observed[:, columns])
        wide = np.where(np.isnan(found[:, :1]), np.nan, np.zeros((len(observed), len(self.keys))))
        wide[:, columns] = found
        return wide

    def counted(self, weigher: int, scorer: int, observed: Grid, valued: int, rows: Rows = ALL) -> Grid:
        """What each measure counts: its points, or what the card's null policy puts into a gap.

        ``observed`` has the chosen rows only.
        """
        points = np.where(observed, self.points[valued, scorer][rows], np.nan)
        columns = self.columns[weigher]
        wide = np.zeros(points.shape)
        wide[:, columns] = fill(self.states[weigher].card, points[:, columns])
        return wide

    def overall(self, weigher: int, scorer: int, observed: Grid, valued: int, rows: Rows = ALL) -> np.ndarray:
        counted = self.counted(weigher, scorer, observed, valued, rows)
        total: np.ndarray = (self.weights(weigher, observed) * counted).sum(axis=1)
        return total

    def contributions_changed(self) -> Grid:
        a = self.weights(0, self.observed[0]) * self.counted(0, 0, self.observed[0], 0)
        b = self.weights(1, self.observed[1]) * self.counted(1, 1, self.observed[1], 1)
        changed: Grid = b - a
        return changed

    def steps(self, start: int) -> Grid:
        """Effects (weight, scoring, null, value) × accounts × measures of the walk that begins at ``start``."""
        end = 1 - start
        seen = self.observed[start].copy()
        effects = np.zeros((4, *seen.shape))
        effects[0] = self._weight_step(start, seen)
        weights = self.weights(end, seen)
        effects[1] = weights * (self.counted(end, end, seen, start) - self.counted(end, start, seen, start))
        effects[2] = self._null_steps(start, seen)
        seen = self.observed[end]
        weights = self.weights(end, seen)
        effects[3] = weights * (self.counted(end, end, seen, end) - self.counted(end, end, seen, start))
        return effects

    def _weight_step(self, start: int, seen: Grid) -> Grid:
        end = 1 - start
        if self.states[0].card is self.states[1].card:
            return np.zeros(seen.shape)
        old, new = self.weights(start, seen), self.weights(end, seen)
        was, now = old * self.counted(start, start, seen, start), new * self.counted(end, start, seen, start)
        middle = (was.sum(axis=1) + now.sum(axis=1)) / 2
        effects: Grid = now - was - (new - old) * middle[:, None]
        return effects

    def _null_steps(self, start: int, seen: Grid) -> Grid:
        """Close the gaps first and open new ones after, so that the way never passes through "nothing observed".

        Only rows with a gap that closes or opens are looked at: few, from one day to the next.
        """
        end = 1 - start
        goal = self.observed[end]
        effects = np.zeros(seen.shape)
        changing = np.flatnonzero((goal != seen).any(axis=1))
        here = np.zeros(len(seen))
        here[changing] = self.overall(end, end, seen[changing], start, changing)
        for closes in (True, False):
            for column in range(len(self.keys)):
                flips = np.flatnonzero((goal[:, column] != seen[:, column]) & (goal[:, column] == closes))
                if not len(flips):
                    continue
                seen[flips, column] = closes
                there = self.overall(end, end, seen[flips], start, flips)
                effects[flips, column] = there - here[flips]
                here[flips] = there
        return effects


def _union(one: Card, other: Card) -> tuple[str, ...]:
    return tuple(sorted({*one.keys, *other.keys}))


def _first(*grids: Grid) -> Grid:
    found = grids[0]
    for grid in grids[1:]:
        found = np.where(np.isnan(found), grid, found)
    return found


def apportion(parts: list[float], digits: int = 1, total: float | None = None) -> list[float]:
    """Round parts for display so that the printed parts add up to the printed total (largest remainder)."""
    unit = 10**digits
    whole = round((sum(parts) if total is None else total) * unit)
    floors = [int(np.floor(part * unit + 1e-9)) for part in parts]
    order = sorted(range(len(parts)), key=lambda i: parts[i] * unit - floors[i], reverse=True)
    for step in range(whole - sum(floors)):
        floors[order[step % len(order)]] += 1
    return [amount / unit for amount in floors]
