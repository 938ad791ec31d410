"""The answer to a retention question, frozen."""

from dataclasses import dataclass
from datetime import date, datetime

from evergrow.insight.period import Between, Bucket
from evergrow.insight.retention.question import RetentionQuestion
from evergrow.insight.retention.spans import Column
from evergrow.insight.statement import Statement
from evergrow.insight.trend.result import Part


@dataclass(frozen=True, slots=True)
class Cell:
    """Of ``size`` in a cohort ``came`` came back in a column; ``total`` is what their returns add up to.

    ``value`` is what the question asks for, ``base`` what it is a share of: the cohort's size, or for sums its first
    column. ``is_complete`` says that the column's periods are over for the whole cohort.
    """

    size: int
    came: int
    total: float
    value: float
    base: float
    is_complete: bool

    @property
    def share(self) -> float | None:
        """``value`` of ``base``; None where there is nothing to be a share of."""
        return self.value / self.base if self.base else None


@dataclass(frozen=True, slots=True)
class Mean:
    """A column over all complete cells of a part, weighted by their bases; ``low`` and ``high`` are its 95 % interval.

    Sums have no interval.
    """

    share: float
    low: float | None
    high: float | None
    value: float
    base: float
    size: int
    came: int
    cohorts: int


@dataclass(frozen=True, slots=True)
class Cohort:
    """Those who began in a bucket; a cell for each column, None where it has not begun."""

    bucket: Bucket
    size: int
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True, slots=True)
class Series:
    """One part of a breakdown, or everybody; a mean for each column, None where no cohort is complete."""

    part: Part
    size: int
    cohorts: tuple[Cohort, ...]
    means: tuple[Mean | None, ...]


@dataclass(frozen=True, slots=True)
class RetentionResult:
    """``whole`` is everybody together, ``series`` the parts of the breakdown (none without one)."""

    question: RetentionQuestion
    days: Between
    columns: tuple[Column, ...]
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
