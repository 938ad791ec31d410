"""What a lifecycle asks, frozen. Its JSON form is versioned; see ``parse``."""

from dataclasses import dataclass
from enum import StrEnum

from evergrow.insight.conditions import Condition
from evergrow.insight.period import Interval, Last, Range
from evergrow.insight.presence.source import Subject

KIND = "lifecycle"
VERSION = 1
EVERY_EVENT = ""
TWELVE_WEEKS = Last(12, Interval.WEEK)


class State(StrEnum):
    """Where a subject stands in a period; everybody is in at most one state.

    ``new``: there for the first time ever; ``returning``: there, and in the period before; ``resurrecting``: there,
    not in the period before, but earlier; ``dormant``: in the period before, and not there.
    """

    NEW = "new"
    RETURNING = "returning"
    RESURRECTING = "resurrecting"
    DORMANT = "dormant"


@dataclass(frozen=True, slots=True)
class LifecycleQuestion:
    """An event (``""``: every event), of whom, in which steps over which days, of which events."""

    event: str = EVERY_EVENT
    subject: Subject = Subject.ACCOUNT
    interval: Interval = Interval.WEEK
    range: Range = TWELVE_WEEKS
    filters: tuple[Condition, ...] = ()
