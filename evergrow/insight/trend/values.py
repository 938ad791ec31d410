"""What the store said about one series: values by place and part, after sums over time where they are asked for."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from evergrow.insight.period import Bucket
from evergrow.insight.trend import sources
from evergrow.insight.trend.parts import code
from evergrow.insight.trend.plan import Plan
from evergrow.insight.trend.question import ACTIVE, DIFFERENT, FIRST, PER, Measure, Statistic
from evergrow.insight.trend.result import Value

BEFORE = -1


@dataclass(slots=True)
class Values:
    """Points and totals by the code of a part; ``""`` is every part together. ``nothing`` is the value of no rows."""

    nothing: Value = 0
    points: dict[str, list[Value]] = field(default_factory=dict)
    totals: dict[str, Value] = field(default_factory=dict)
    missing: tuple[bool, ...] = ()

    @classmethod
    def of(cls, plan: Plan, buckets: Sequence[Bucket], rows: Iterable[tuple[Any, ...]]) -> "Values":
        """Read the rows of ``compile.series``."""
        found = cls(nothing_of(plan), missing=tuple(each.is_missing for each in buckets))
        places = sources.places(plan, buckets)
        raw: dict[str, dict[int, Value]] = {}
        for bucket, part, every_bucket, every_part, value in rows:
            name = "" if every_part else code(part)
            if every_bucket:
                found.totals[name] = known(value)
            elif int(bucket) in places or int(bucket) == BEFORE:
                raw.setdefault(name, {})[places.get(int(bucket), BEFORE)] = known(value)
        for name, values in raw.items():
            found._take(plan, name, values)
        return found

    def _take(self, plan: Plan, name: str, raw: dict[int, Value]) -> None:
        asked, is_cumulative, size = plan.asked, plan.question.is_cumulative, len(self.missing)
        points = [raw.get(place, self.nothing) for place in range(size)]
        if asked.measure in ACTIVE:
            self.totals[name] = raw.get(BEFORE, 0)
        elif asked.measure in FIRST and plan.table == "activity":
            before = raw.get(BEFORE, 0) or 0
            ever = [before, *((value or 0) for value in _carried(raw, size, before))]
            points = [now - then for then, now in pairwise(ever)]
            self.totals[name] = ever[-1] - before
        elif is_cumulative and asked.measure in DIFFERENT:
            points = list(_carried(raw, size, 0))
        if is_cumulative and asked.measure not in DIFFERENT:
            points = _running(points)
        self.points[name] = points

    def has(self, name: str) -> bool:
        """Whether a part is there at all."""
        points = self.points.get(name, [])
        return bool(points and self.nothing is None) or bool(self.total(name)) or any(points)

    def point(self, place: int, name: str) -> Value:
        if self.missing[place]:
            return None
        values = self.points.get(name)
        return values[place] if values else self.nothing

    def total(self, name: str) -> Value:
        return self.totals.get(name, self.nothing)


def _carried(raw: dict[int, Value], size: int, start: Value) -> Iterable[Value]:
    """Each place's value, or that of the place before where nothing was added."""
    value = start
    for place in range(size):
        value = raw.get(place, value)
        yield value


def _running(points: Sequence[Value]) -> list[Value]:
    total: Value = 0
    found: list[Value] = []
    for value in points:
        total = (total or 0) + (value or 0)
        found.append(total)
    return found


def nothing_of(plan: Plan) -> Value:
    """What a period without any event comes to: 0, or no value for a statistic other than a sum."""
    asked = plan.asked
    is_statistic = asked.measure in PER or (asked.measure is Measure.PROPERTY and asked.statistic is not Statistic.SUM)
    return None if is_statistic else 0


def known(value: Any) -> Value:
    """A number of the store; None for one that is none."""
    if isinstance(value, int):
        return value
    return float(value) if value is not None and math.isfinite(value) else None
