"""What a funnel asks, frozen. Its JSON form is versioned; see ``parse``. What each option means: docs/questions.md."""

from dataclasses import dataclass
from enum import StrEnum

from evergrow.insight.conditions import Condition, Topic
from evergrow.insight.period import Interval, Last, Range

KIND = "funnel"
VERSION = 1
FEWEST_STEPS, MOST_STEPS = 2, 10
MOST_EXCLUSIONS = 5
MOST_PERIODS_DRAWN = 120
LARGEST_TOP = 20
SESSION_GAP_MINUTES = 30
THIRTY_DAYS = Last(30, Interval.DAY)


class Subject(StrEnum):
    """Whose events fill the steps: a person's, an account's, or a person's session's (a gap of 30 min ends it)."""

    PEOPLE = "people"
    ACCOUNTS = "accounts"
    SESSIONS = "sessions"


class Order(StrEnum):
    """``ordered``: one after another; ``strict``: with no other event in between; ``any``: in whatever order."""

    ORDERED = "ordered"
    STRICT = "strict"
    ANY = "any"


class Start(StrEnum):
    """``latest``: whichever start leads furthest, so a later one may replace an earlier; ``first``: only that."""

    LATEST = "latest"
    FIRST = "first"


class Counting(StrEnum):
    """``unique``: a subject counts once; ``totals``: every try counts, one after the other."""

    UNIQUE = "unique"
    TOTALS = "totals"


class Unit(StrEnum):
    """Units of the window. A day is 24 hours and a week seven days; a month is one of the calendar."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class Attribution(StrEnum):
    """Which step's value a subject counts under; ``all``: each value is a funnel of its own."""

    FIRST = "first"
    LAST = "last"
    STEP = "step"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Window:
    """How long after the first step the last one still counts, the end included."""

    count: int = 14
    unit: Unit = Unit.DAY


@dataclass(frozen=True, slots=True)
class Step:
    """An event that meets all filters. An optional step may be left out on the way to the next."""

    event: str
    filters: tuple[Condition, ...] = ()
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Exclusion:
    """An event that ends a try between step ``after`` and step ``before`` (1 is the first)."""

    event: str
    filters: tuple[Condition, ...] = ()
    after: int = 1
    before: int = 2


@dataclass(frozen=True, slots=True)
class Split:
    """A funnel for each of the ``top`` largest values of a topic; ``step`` matters where the attribution is by step."""

    by: Topic
    top: int = 5
    attribution: Attribution = Attribution.FIRST
    step: int = 1


@dataclass(frozen=True, slots=True)
class Group:
    """A group to compare: a ``part`` of the breakdown by its code (``=Pro``), or a ``segment`` by its key."""

    kind: str
    key: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"


@dataclass(frozen=True, slots=True)
class FunnelQuestion:
    """Steps, whose, in which order and time, over which days of entry.

    ``drops_subject``: an excluded event leaves the whole subject out, not just the try. ``hold``: a property that has
    the same value in every step. ``filters`` hold for every step; ``against``: the same funnel with these filters
    instead, to be compared. ``versus``: two groups whose conversions are compared with each other. ``over``: one funnel
    for each period of entry as well.
    """

    steps: tuple[Step, ...]
    subject: Subject = Subject.PEOPLE
    order: Order = Order.ORDERED
    start: Start = Start.LATEST
    counting: Counting = Counting.UNIQUE
    window: Window = Window()
    range: Range = THIRTY_DAYS
    exclusions: tuple[Exclusion, ...] = ()
    drops_subject: bool = False
    hold: str = ""
    filters: tuple[Condition, ...] = ()
    split: Split | None = None
    against: tuple[Condition, ...] | None = None
    versus: tuple[Group, Group] | None = None
    over: Interval | None = None
