"""What a question about engagement groups asks, frozen. Its JSON form is versioned; see ``parse``."""

from dataclasses import dataclass
from datetime import date

from evergrow.insight.conditions import Condition
from evergrow.insight.period import Interval, Last, Range
from evergrow.insight.presence.source import Subject

KIND = "engagement"
VERSION = 1
SIX_MONTHS = Last(6, Interval.MONTH)
BELOW, AWAY, NEW = 0, -1, -2


@dataclass(frozen=True, slots=True)
class EngagementQuestion:
    """Of whom, over which days, of which events; what the groups are stands in the workspace's definition.

    ``at`` is the first day of the period into which movement is shown; None: the last full one.
    """

    subject: Subject = Subject.PERSON
    range: Range = SIX_MONTHS
    filters: tuple[Condition, ...] = ()
    at: date | None = None
