"""The answer to a trend, frozen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from evergrow.insight.period import Between, Bucket
from evergrow.insight.statement import Statement
from evergrow.insight.trend.question import TrendQuestion

PartKind = Literal["whole", "value", "not_set", "other"]


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a breakdown a series is of; ``code`` is how addresses and SQL call it."""

    kind: PartKind
    value: str = ""

    @property
    def code(self) -> str:
        return {"whole": "", "value": f"={self.value}", "not_set": "-", "other": "+"}[self.kind]

    @classmethod
    def of(cls, code: str) -> "Part":
        """The part with this code. Raises ValueError for a text that is none."""
        known: dict[str, PartKind] = {"": "whole", "-": "not_set", "+": "other"}
        if code.startswith("="):
            return cls("value", code[1:])
        if code not in known:
            raise ValueError(f"{code!r} is no part of a breakdown.")
        return cls(known[code])


@dataclass(frozen=True, slots=True)
class Series:
    """One line: a value for each bucket, and the total over the whole range (a union where subjects are counted)."""

    part: Part
    values: tuple[int, ...]
    total: int
    compared: tuple[int, ...] = ()
    compared_total: int = 0


@dataclass(frozen=True, slots=True)
class TrendResult:
    """``whole`` is everything together; ``series`` the lines to draw: the whole alone, or one for each part."""

    question: TrendQuestion
    days: Between
    buckets: tuple[Bucket, ...]
    compared_buckets: tuple[Bucket, ...]
    whole: Series
    series: tuple[Series, ...]
    parts: int
    today: date
    zone: str
    week_start: int
    as_of: datetime
    version: str
    table: str
    statements: tuple[Statement, ...]

    @property
    def complete(self) -> Sequence[int]:
        """Positions of the buckets that are full observations."""
        return [position for position, bucket in enumerate(self.buckets) if bucket.is_complete]
