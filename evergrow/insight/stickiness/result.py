"""The answer to a stickiness question, frozen."""

from dataclasses import dataclass
from datetime import date, datetime

from evergrow.insight.period import Between
from evergrow.insight.statement import Statement
from evergrow.insight.stickiness.question import StickinessQuestion


@dataclass(frozen=True, slots=True)
class Ratio:
    """A day: who was there on it, in the 7 and in the 30 days that end with it, and the mean day of those."""

    day: date
    daily: int
    weekly: int
    monthly: int
    mean_of_week: float
    mean_of_month: float

    @property
    def of_month(self) -> float | None:
        """DAU/MAU: the share of a month's subjects who are there on its mean day. None where nobody was there."""
        return self.mean_of_month / self.monthly if self.monthly else None

    @property
    def of_week(self) -> float | None:
        """DAU/WAU."""
        return self.mean_of_week / self.weekly if self.weekly else None

    @property
    def week_of_month(self) -> float | None:
        """WAU/MAU: those of the last 7 days among those of the last 30."""
        return self.weekly / self.monthly if self.monthly else None


@dataclass(frozen=True, slots=True)
class StickinessResult:
    """``counts[x - 1]``: how many were there in exactly ``x`` intervals; ``before``: the same of the window before.

    ``ratios`` is filled for that view alone. Every interval is over: today is not counted.
    """

    question: StickinessQuestion
    days: Between
    counts: tuple[int, ...]
    before: tuple[int, ...]
    ratios: tuple[Ratio, ...]
    today: date
    zone: str
    week_start: int
    as_of: datetime
    version: str
    table: str
    statements: tuple[Statement, ...]

    @property
    def total(self) -> int:
        """Everybody who was there at all."""
        return sum(self.counts)

    @property
    def shown(self) -> tuple[int, ...]:
        """The counts as asked: exactly, or at least so many intervals."""
        return at_least(self.counts) if self.question.is_cumulative else self.counts

    @property
    def shown_before(self) -> tuple[int, ...]:
        return at_least(self.before) if self.question.is_cumulative else self.before

    @property
    def mean(self) -> float | None:
        """The mean number of intervals of those who were there."""
        if not self.total:
            return None
        return sum(place * count for place, count in enumerate(self.counts, start=1)) / self.total


def at_least(counts: tuple[int, ...]) -> tuple[int, ...]:
    """How many have so many or more."""
    return tuple(sum(counts[place:]) for place in range(len(counts)))
