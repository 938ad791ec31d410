"""What a trend asks, frozen. Its JSON form is versioned; see ``parse``."""

from dataclasses import dataclass
from enum import StrEnum

from evergrow.insight.conditions import Condition, Topic
from evergrow.insight.period import Interval, Last, Range

KIND = "trend"
VERSION = 1
EVERY_EVENT = ""
LARGEST_TOP = 20
TWELVE_WEEKS = Last(12, Interval.WEEK)


class Measure(StrEnum):
    """``count``: events; ``accounts``, ``people``: how many different ones did it at least once."""

    COUNT = "count"
    ACCOUNTS = "accounts"
    PEOPLE = "people"


class Comparison(StrEnum):
    NONE = ""
    BEFORE = "before"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Split:
    """A series for each of the ``top`` largest values of a topic, and one for all others together."""

    by: Topic
    top: int = 5


@dataclass(frozen=True, slots=True)
class TrendQuestion:
    """An event (``""``: every event), what to measure, in which steps over which days, of what, split how."""

    event: str = EVERY_EVENT
    measure: Measure = Measure.ACCOUNTS
    interval: Interval = Interval.WEEK
    range: Range = TWELVE_WEEKS
    filters: tuple[Condition, ...] = ()
    split: Split | None = None
    compare: Comparison = Comparison.NONE
