"""What a trend asks, frozen. Its JSON form is versioned; see ``parse``."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from evergrow.insight.conditions import Condition, Topic
from evergrow.insight.period import Interval, Last, Range

KIND = "trend"
VERSION = 2
EVERY_EVENT = ""
LARGEST_TOP = 20
MOST_SERIES = 8
MOST_FORMULAS = 4
MOST_SPLITS = 3
LONGEST_SMOOTHING = 90
WINDOWS = (1, 7, 30)
NAMES = "ABCDEFGH"
TWELVE_WEEKS = Last(12, Interval.WEEK)


class Measure(StrEnum):
    """What is made of the events of a period.

    ``count``: events; ``accounts``, ``people``, ``sessions``: how many different ones did it at least once;
    ``active_…``: different ones in the days up to the end of the period; ``first_…``: those who did it for the first
    time ever; ``per_…``: a statistic of the times per account, person or session; ``property``: a statistic of the
    numbers that a property carries.
    """

    COUNT = "count"
    ACCOUNTS = "accounts"
    PEOPLE = "people"
    SESSIONS = "sessions"
    ACTIVE_ACCOUNTS = "active_accounts"
    ACTIVE_PEOPLE = "active_people"
    FIRST_ACCOUNTS = "first_accounts"
    FIRST_PEOPLE = "first_people"
    PER_ACCOUNT = "per_account"
    PER_PERSON = "per_person"
    PER_SESSION = "per_session"
    PROPERTY = "property"


DIFFERENT = {Measure.ACCOUNTS, Measure.PEOPLE, Measure.SESSIONS}
ACTIVE = {Measure.ACTIVE_ACCOUNTS, Measure.ACTIVE_PEOPLE}
FIRST = {Measure.FIRST_ACCOUNTS, Measure.FIRST_PEOPLE}
PER = {Measure.PER_ACCOUNT, Measure.PER_PERSON, Measure.PER_SESSION}
OF_ACCOUNTS = {Measure.ACCOUNTS, Measure.ACTIVE_ACCOUNTS, Measure.FIRST_ACCOUNTS, Measure.PER_ACCOUNT}
OF_PEOPLE = {Measure.PEOPLE, Measure.ACTIVE_PEOPLE, Measure.FIRST_PEOPLE, Measure.PER_PERSON}
OF_SESSIONS = {Measure.SESSIONS, Measure.PER_SESSION}


class Statistic(StrEnum):
    """Of numbers. Percentiles lie between two neighbours where they fall between them."""

    SUM = "sum"
    AVERAGE = "average"
    MIN = "min"
    MEDIAN = "median"
    P75 = "p75"
    P90 = "p90"
    P95 = "p95"
    P99 = "p99"
    MAX = "max"


class Unit(StrEnum):
    NUMBER = "number"
    PERCENT = "percent"


class Comparison(StrEnum):
    NONE = ""
    BEFORE = "before"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Asked:
    """One series, called A, B, C … by its place: an event (``""``: every event), a measure, and conditions.

    ``days`` is the window of the active ones; ``statistic`` is of the times per subject or of the numbers that
    ``property`` carries. What a measure does not need keeps its default.
    """

    event: str = EVERY_EVENT
    measure: Measure = Measure.ACCOUNTS
    filters: tuple[Condition, ...] = ()
    days: int = 7
    statistic: Statistic = Statistic.AVERAGE
    property: str = ""


@dataclass(frozen=True, slots=True)
class Formula:
    """A line made of series by their letters; ``name`` is what it is called, else its own text."""

    text: str
    unit: Unit = Unit.NUMBER
    name: str = ""


@dataclass(frozen=True, slots=True)
class Split:
    """A series for each of the ``top`` largest values of a topic, and one for all others together."""

    by: Topic
    top: int = 5


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A line for each of the ``top`` largest combinations of values of one to three topics, and one for all others."""

    by: tuple[Topic, ...]
    top: int = 5


@dataclass(frozen=True, slots=True)
class TrendQuestion:
    """Series and what is made of them, in which steps over which days, of what, split how.

    ``filters`` hold for every series. ``smoothing`` is the number of periods a moving average is over; 0: none.
    """

    series: tuple[Asked, ...] = (Asked(),)
    formulas: tuple[Formula, ...] = ()
    interval: Interval = Interval.WEEK
    range: Range = TWELVE_WEEKS
    filters: tuple[Condition, ...] = ()
    split: Breakdown | None = None
    compare: Comparison = Comparison.NONE
    is_cumulative: bool = False
    smoothing: int = 0

    @property
    def first(self) -> Asked:
        """Series A."""
        return self.series[0]


def simple(
    event: str = EVERY_EVENT,
    measure: Measure = Measure.ACCOUNTS,
    interval: Interval = Interval.WEEK,
    range: Range = TWELVE_WEEKS,
    filters: Sequence[Condition] = (),
    split: Split | None = None,
    compare: Comparison = Comparison.NONE,
) -> TrendQuestion:
    """A question of one series, as version 1 knew it."""
    return TrendQuestion(
        series=(Asked(event, measure),),
        interval=interval,
        range=range,
        filters=tuple(filters),
        split=Breakdown((split.by,), split.top) if split else None,
        compare=compare,
    )
