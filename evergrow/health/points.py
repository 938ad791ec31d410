"""From an observed value to 0–100 points, in four ways; NaN is "not observed" and stays NaN."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

import numpy as np

Values = np.ndarray


class BadScoring(ValueError):
    """The scoring rule cannot be used; the sentence says why."""


class Scoring(Protocol):
    def points(self, values: Values) -> Values:
        """Points 0–100 for each value; NaN for NaN."""

    def best(self) -> float:
        """A value that earns the most points."""


@dataclass(frozen=True, slots=True)
class Bands:
    """Steps ``(from, points)``: a value earns the points of the last step it reaches, so half-open.

    The first step also takes everything below it.
    """

    steps: tuple[tuple[float, float], ...]

    def points(self, values: Values) -> Values:
        edges = np.array([edge for edge, _ in self.steps[1:]])
        earned = np.array([points for _, points in self.steps])
        found = earned[np.searchsorted(edges, values, side="right")]
        return np.where(np.isnan(values), np.nan, found)

    def best(self) -> float:
        return max(self.steps, key=lambda step: step[1])[0]


@dataclass(frozen=True, slots=True)
class Linear:
    """Straight lines through the knots ``(value, points)``, level before the first and after the last."""

    knots: tuple[tuple[float, float], ...]

    def points(self, values: Values) -> Values:
        xs, ys = zip(*self.knots, strict=True)
        return np.where(np.isnan(values), np.nan, np.interp(values, xs, ys))

    def best(self) -> float:
        return max(self.knots, key=lambda knot: knot[1])[0]


@dataclass(frozen=True, slots=True)
class PerUnit:
    """``start`` points and ``each`` more for every unit, kept within 0–100."""

    start: float
    each: float

    def points(self, values: Values) -> Values:
        return np.clip(self.start + self.each * values, 0.0, 100.0)

    def best(self) -> float:
        return 0.0 if self.each <= 0 else (100.0 - self.start) / self.each


@dataclass(frozen=True, slots=True)
class Lookup:
    """A table from value to points; a value outside the table is not scored."""

    table: tuple[tuple[float, float], ...]

    def points(self, values: Values) -> Values:
        found = np.full(values.shape, np.nan)
        for value, points in self.table:
            found[values == value] = points
        return found

    def best(self) -> float:
        return max(self.table, key=lambda row: row[1])[0]


def read_scoring(raw: Mapping[str, Any]) -> Scoring:
    """The rule behind its JSON form. Raises BadScoring.

    ``{"kind": "bands", "steps": [[0, 0], [5, 60]]}``, ``{"kind": "linear", "knots": [[0, 0], [10, 100]]}``,
    ``{"kind": "points", "start": 100, "each": -40}`` or ``{"kind": "lookup", "table": [[0, 100], [1, 20]]}``.
    """
    match raw.get("kind"):
        case "bands":
            return Bands(_rows(raw.get("steps"), rising=True))
        case "linear":
            knots = _rows(raw.get("knots"), rising=True)
            if len(knots) < 2:
                raise BadScoring("A line needs at least two knots.")
            return Linear(knots)
        case "points":
            start, each = _row([raw.get("start"), raw.get("each")])
            return PerUnit(start, each)
        case "lookup":
            return Lookup(_rows(raw.get("table"), rising=False))
        case kind:
            raise BadScoring(f"{kind!r} is not a way of scoring. Use bands, linear, points or lookup.")


def _row(raw: Any) -> tuple[float, float]:
    if not isinstance(raw, list | tuple) or len(raw) != 2:
        raise BadScoring(f"{raw!r} is not a pair of numbers.")
    if any(isinstance(part, bool) or not isinstance(part, int | float) for part in raw):
        raise BadScoring(f"{raw!r} is not a pair of numbers.")
    return float(raw[0]), float(raw[1])


def _rows(raw: Any, *, rising: bool) -> tuple[tuple[float, float], ...]:
    rows = tuple(_row(part) for part in raw or ())
    if not rows:
        raise BadScoring("The scoring has no rows.")
    if rising and any(low >= high for (low, _), (high, _) in pairwise(rows)):
        raise BadScoring("The values must rise from row to row.")
    if any(not 0 <= points <= 100 for _, points in rows):
        raise BadScoring("Points lie between 0 and 100.")
    return rows
