"""A mark of a funnel: who reached a step, or who was lost before it."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from evergrow.insight import reading_parts as parts
from evergrow.insight.errors import BadQuestion
from evergrow.insight.funnel.question import MOST_STEPS
from evergrow.insight.funnel.result import WHOLE
from evergrow.insight.trend.result import Part

GROUPS = ("", "one", "two")


@dataclass(frozen=True, slots=True)
class Point:
    """Those who reached step ``step`` (from 1); with ``is_lost`` those of the step before who did not.

    ``part`` narrows to a part of the breakdown, ``entered`` to the period of entry that begins on a day, and
    ``is_other`` takes the group to compare with, ``group`` a segment that is compared: ``one`` or ``two``.
    """

    step: int
    is_lost: bool = False
    part: Part = WHOLE
    entered: date | None = None
    is_other: bool = False
    group: str = ""

    def query(self) -> str:
        """The point as addresses say it."""
        day = self.entered.isoformat() if self.entered else ""
        pairs = {"at": str(self.step), "lost": "1" if self.is_lost else "", "part": self.part.code, "entered": day}
        pairs |= {"other": "1" if self.is_other else "", "group": self.group}
        return urlencode({name: value for name, value in pairs.items() if value})


def read(query: QueryDict) -> Point:
    """The point in an address. Raises BadQuestion at ``at``, ``part`` or ``entered``."""
    entered = query.get("entered", "")
    try:
        day = date.fromisoformat(entered) if entered else None
    except ValueError:
        raise BadQuestion("entered", _("Use a day like 2026-03-25.")) from None
    try:
        part = Part.of(query.get("part", ""))
    except ValueError:
        raise BadQuestion("part", _("The breakdown has no such part.")) from None
    step = parts.whole_number(query.get("at", "1"), "at", 1, MOST_STEPS)
    group = query.get("group", "")
    if group not in GROUPS:
        raise BadQuestion("group", _("The funnel compares no such group."))
    return Point(step, bool(query.get("lost")), part, day, bool(query.get("other")), group)
