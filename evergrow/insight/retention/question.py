"""What a retention question asks, frozen. Its JSON form is versioned; see ``parse``."""

from dataclasses import dataclass
from enum import StrEnum

from evergrow.insight.conditions import Condition
from evergrow.insight.period import Interval, Last, Range
from evergrow.insight.trend.question import EVERY_EVENT, Split

KIND = "retention"
VERSION = 1
MOST_COHORTS = 120
MOST_COLUMNS = 90
MOST_BRACKETS = 20
LAST_PERIOD = 400
MOST_TIMES = 1000
INTERVALS = (Interval.DAY, Interval.WEEK, Interval.MONTH)
TWELVE_WEEKS = Last(12, Interval.WEEK)


class Subject(StrEnum):
    """Who begins and comes back. A session ends within hours, so it has no retention."""

    ACCOUNTS = "accounts"
    PEOPLE = "people"


class Cohorts(StrEnum):
    """Whose start counts.

    ``first``: the first start in the range; ``first_ever``: the first start of all time, where it lies in the range;
    ``recurring``: every period with a start, so that one subject may be in several cohorts.
    """

    FIRST = "first"
    FIRST_EVER = "first_ever"
    RECURRING = "recurring"


class Clock(StrEnum):
    """``calendar``: days, weeks, months of the workspace; ``rolling``: 24 hours, 7 or 30 days from one's own start."""

    CALENDAR = "calendar"
    ROLLING = "rolling"


class Returning(StrEnum):
    """``on``: in the period; ``on_or_after``: in it or any later one; ``brackets``: anywhere in several periods."""

    ON = "on"
    ON_OR_AFTER = "on_or_after"
    BRACKETS = "brackets"


@dataclass(frozen=True, slots=True)
class Step:
    """An event (``""``: any) whose conditions all hold."""

    event: str = EVERY_EVENT
    filters: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Bracket:
    """From one period after the start to another, both counted; 0 is the period of the start."""

    first: int
    last: int


USUAL_BRACKETS = (Bracket(0, 0), Bracket(1, 3), Bracket(4, 7))


@dataclass(frozen=True, slots=True)
class RetentionQuestion:
    """Who of those who did ``start`` in a period of ``range`` did ``back`` in the periods after it.

    ``filters`` hold for both events. A return counts with at least ``minimum`` events. ``sum_of`` names a property of
    the return event to add up instead of counting those who came back. ``brackets`` is empty unless ``returning`` asks
    for them; ``periods`` is how many columns follow the start period otherwise.
    """

    subject: Subject = Subject.ACCOUNTS
    start: Step = Step()
    back: Step = Step()
    cohorts: Cohorts = Cohorts.FIRST
    clock: Clock = Clock.CALENDAR
    interval: Interval = Interval.WEEK
    range: Range = TWELVE_WEEKS
    periods: int = 12
    returning: Returning = Returning.ON
    brackets: tuple[Bracket, ...] = ()
    minimum: int = 1
    sum_of: str = ""
    filters: tuple[Condition, ...] = ()
    split: Split | None = None
