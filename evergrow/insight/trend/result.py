"""The answer to a trend, frozen."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from evergrow.insight.period import Between, Bucket
from evergrow.insight.statement import Statement
from evergrow.insight.trend.question import Asked, Formula, TrendQuestion

PartKind = Literal["whole", "value", "not_set", "other"]
Value = float | int | None


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a breakdown a series is of; ``code`` is how addresses and SQL call it.

    ``values`` has one value for each of several topics, None where it is not set.
    """

    kind: PartKind
    value: str = ""
    values: tuple[str | None, ...] = ()

    @property
    def code(self) -> str:
        if self.values:
            codes = ["-" if value is None else f"={value}" for value in self.values]
            return json.dumps(codes, ensure_ascii=False)
        return {"whole": "", "value": f"={self.value}", "not_set": "-", "other": "+"}[self.kind]

    @classmethod
    def of(cls, code: str) -> "Part":
        """The part with this code. Raises ValueError for a text that is none."""
        known: dict[str, PartKind] = {"": "whole", "-": "not_set", "+": "other"}
        if code.startswith("="):
            return cls("value", code[1:])
        if code.startswith("["):
            return cls("value", values=tuple(_value(each) for each in _list(code)))
        if code not in known:
            raise ValueError(f"{code!r} is no part of a breakdown.")
        return cls(known[code])


def _list(code: str) -> list[object]:
    found = json.loads(code)
    if not 2 <= len(found) <= 3:
        raise ValueError(f"{code!r} is no part of a breakdown.")
    return list(found)


def _value(code: object) -> str | None:
    if code == "-":
        return None
    if isinstance(code, str) and code.startswith("="):
        return code[1:]
    raise ValueError(f"{code!r} is no part of a breakdown.")


@dataclass(frozen=True, slots=True)
class Series:
    """One line: a value for each bucket, and the total over the whole range (a union where subjects are counted).

    ``place`` is that of the series in the question, or of the formula after all series. None is no value: a division
    by zero, an average of nothing, an hour that the clock left out. ``is_full`` tells of each place whether it is a
    full observation (a moving average may not be where its bucket is).
    """

    part: Part
    values: tuple[Value, ...]
    total: Value
    compared: tuple[Value, ...] = ()
    compared_total: Value = 0
    place: int = 0
    is_full: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True)
class Numbers:
    """Of a property's series: how many events there were, and how many carried a number and so were counted."""

    events: int
    numbers: int


@dataclass(frozen=True, slots=True)
class TrendResult:
    """``wholes`` is everything together, of each series and each formula; ``lines`` are all of these, by part.

    ``series`` are the lines to draw: those of the formulas where there are any, else of the series.
    """

    question: TrendQuestion
    days: Between
    buckets: tuple[Bucket, ...]
    compared_buckets: tuple[Bucket, ...]
    wholes: tuple[Series, ...]
    lines: tuple[Series, ...]
    parts: int
    numbers: tuple[Numbers | None, ...]
    today: date
    zone: str
    week_start: int
    as_of: datetime
    version: str
    tables: tuple[str, ...]
    statements: tuple[Statement, ...]

    @property
    def table(self) -> str:
        """The tables that answered, each once."""
        return ", ".join(dict.fromkeys(self.tables))

    @property
    def drawn_places(self) -> range:
        """The places of what is drawn."""
        known = len(self.question.series)
        return range(known, known + len(self.question.formulas)) if self.question.formulas else range(known)

    @property
    def whole(self) -> Series:
        """Everything together of the first thing that is drawn."""
        return self.wholes[self.drawn_places[0]]

    @property
    def series(self) -> tuple[Series, ...]:
        return tuple(line for line in self.lines if line.place in self.drawn_places)

    @property
    def complete(self) -> Sequence[int]:
        """Positions of the buckets that are full observations, of the moving average too where there is one."""
        full = self.whole.is_full
        return [place for place, bucket in enumerate(self.buckets) if bucket.is_complete and (not full or full[place])]

    def made_of(self, place: int) -> Asked | Formula:
        """The series or the formula at a place."""
        known = len(self.question.series)
        return self.question.series[place] if place < known else self.question.formulas[place - known]
