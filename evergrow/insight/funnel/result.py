"""The answer to a funnel, frozen."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from evergrow.customers.portrait.statistics import Estimate, share_difference
from evergrow.insight.funnel.question import FunnelQuestion
from evergrow.insight.period import Between, Bucket
from evergrow.insight.statement import Statement
from evergrow.insight.trend.result import Part
from evergrow.lib.shares import wilson

if TYPE_CHECKING:
    from evergrow.insight.funnel.groups import Versus

WHOLE = Part("whole")


@dataclass(frozen=True, slots=True)
class Waits:
    """How long a step took since the one before it on the way, in seconds: how many, shortest, median, p90, longest."""

    count: int
    shortest: float
    median: float
    p90: float
    longest: float


@dataclass(frozen=True, slots=True)
class Spread:
    """How the waits of a step spread: ``counts`` of bins that are ``width`` seconds wide from ``shortest`` on."""

    step: int
    shortest: float
    width: float
    counts: tuple[int, ...]


@dataclass(frozen=True)
class Branch:
    """One funnel: how many reached each step, how long each took (none for the first), and the whole way;
    how waits spread."""

    part: Part
    counts: tuple[int, ...]
    waits: tuple[Waits | None, ...] = ()
    whole_way: Waits | None = None
    spreads: tuple[Spread, ...] = ()

    @property
    def entered(self) -> int:
        return self.counts[0]

    @property
    def converted(self) -> int:
        return self.counts[-1]

    @property
    def share(self) -> float | None:
        """The whole conversion; None where nobody entered."""
        return self.converted / self.entered if self.entered else None

    @cached_property
    def interval(self) -> tuple[float, float]:
        """The 95 % score interval of the conversion (Wilson)."""
        return wilson(self.converted, self.entered)


@dataclass(frozen=True, slots=True)
class Period:
    """The funnel of those who entered in a period; ``is_open``: some of them still have time to go on."""

    bucket: Bucket
    counts: tuple[int, ...]
    is_open: bool

    @property
    def is_complete(self) -> bool:
        return self.bucket.is_complete and not self.is_open

    @property
    def share(self) -> float | None:
        return self.counts[-1] / self.counts[0] if self.counts[0] else None


@dataclass(frozen=True)
class FunnelResult:
    """``whole`` is everybody; ``parts`` the breakdown, largest first; ``against`` those with the other filters."""

    question: FunnelQuestion
    days: Between
    whole: Branch
    parts: tuple[Branch, ...]
    parts_found: int
    against: Branch | None
    versus: "Versus | None"
    spreads: tuple[Spread, ...]
    periods: tuple[Period, ...]
    is_open: bool
    today: date
    zone: str
    week_start: int
    as_of: datetime
    version: str
    table: str
    statements: tuple[Statement, ...]

    @property
    def required(self) -> tuple[int, ...]:
        """Positions (from 0) of the steps that may not be left out."""
        return tuple(place for place, step in enumerate(self.question.steps) if not step.is_optional)

    def before(self, place: int) -> int:
        """The step that the share of step ``place`` (from 0) refers to: the last one before it that is not optional."""
        return max((each for each in self.required if each < place), default=0)

    def lost(self, branch: Branch, place: int) -> int:
        """How many of the step before did not come to step ``place`` (from 0)."""
        return branch.counts[self.before(place)] - branch.counts[place] if place else 0


def difference(one: Branch, other: Branch) -> Estimate | None:
    """The first conversion minus the second, 95 % interval by Newcombe's method 10; None where either is empty."""
    if not one.entered or not other.entered:
        return None
    return share_difference(one.converted, one.entered, other.converted, other.entered)


def from_all(part: Branch, whole: Branch) -> Estimate | None:
    """A part's conversion minus everybody's, of whom the part is some; None where there is nobody, or nobody else.

    The two are not independent. The difference is 1 − (share of the part among all) times that of the part and the
    rest, who are, and so is its interval: Newcombe's method 10 on these.
    """
    rest = rest_of(whole, part)
    if not part.entered or rest is None or not rest.entered:
        return None
    apart = share_difference(part.converted, part.entered, rest.converted, rest.entered)
    scale = 1 - part.entered / whole.entered
    return replace(apart, value=apart.value * scale, low=apart.low * scale, high=apart.high * scale)


def rest_of(whole: Branch, part: Branch) -> Branch | None:
    """Everybody but a part; None where the part is not one of the whole."""
    counts = tuple(all_of - some for all_of, some in zip(whole.counts, part.counts, strict=True))
    return Branch(WHOLE, counts) if min(counts) >= 0 and counts[-1] <= counts[0] else None
