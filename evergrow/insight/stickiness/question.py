"""What a stickiness question asks, frozen. Its JSON form is versioned; see ``parse``."""

from dataclasses import dataclass
from enum import StrEnum

from evergrow.insight.conditions import Condition
from evergrow.insight.period import Interval, Last, Range
from evergrow.insight.presence.source import Subject

KIND = "stickiness"
VERSION = 1
EVERY_EVENT = ""
LARGEST_LEAST = 1000
WINDOWS = (7, 30)
THIRTY_DAYS = Last(30, Interval.DAY)


class View(StrEnum):
    """``intervals``: how many subjects were there in exactly (or at least) so many intervals of the range.

    ``ratio``: day by day, the mean of those there in a day against all there in the 7 or 30 days up to it.
    ``power``: how many were there on so many of the last 7 or 30 days, beside the same number of days before.
    """

    INTERVALS = "intervals"
    RATIO = "ratio"
    POWER = "power"


@dataclass(frozen=True, slots=True)
class StickinessQuestion:
    """An event (``""``: every event), of whom, over which days, of which events, and what to show of it.

    A subject was there in an interval (a day for ``ratio`` and ``power``) that holds at least ``least`` of its events.
    ``interval`` and ``is_cumulative`` matter to ``intervals`` (the latter to ``power`` too), ``window`` to ``power``.
    """

    event: str = EVERY_EVENT
    subject: Subject = Subject.PERSON
    view: View = View.INTERVALS
    interval: Interval = Interval.DAY
    range: Range = THIRTY_DAYS
    filters: tuple[Condition, ...] = ()
    least: int = 1
    is_cumulative: bool = False
    window: int = 30
