"""Stretches of time in criteria, and what they mean at a moment.

Days are days of the workspace's own zone. “The last 30 days” are thirty days of which today is the last one; hours are
exact, back from this very moment. Working days follow the workspace's calendar.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from evergrow.customers.criteria.values import EPOCH
from evergrow.lib import clock, workdays
from evergrow.workspaces.models import Workspace

Unit = Literal["hours", "days", "working_days", "weeks", "months"]
DAY = timedelta(days=1)
HOUR_MS = 3_600_000
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2149, 6, 6)  # what the event store's days can say


class Span(NamedTuple):
    """So many hours, days, …: ``Span(30, "days")``."""

    n: int
    unit: Unit


class Relative(NamedTuple):
    """A day seen from today: ``Relative(30, "days", is_ahead=False)`` is thirty days ago."""

    n: int
    unit: Unit
    is_ahead: bool = False


DayRef = date | Relative


@dataclass(frozen=True, slots=True)
class Last:
    """The last so many hours, days, …, of which today is part."""

    span: Span


@dataclass(frozen=True, slots=True)
class Between:
    """From a day to a day, both counted; an open end where there is none. ``before`` is not counted itself."""

    first: DayRef | None = None
    last: DayRef | None = None
    before: DayRef | None = None


Window = Last | Between


class Days(NamedTuple):
    """Days since 1970, both counted; ``None`` is an open end."""

    first: int | None
    last: int | None


class Instants(NamedTuple):
    """Milliseconds since 1970, both counted."""

    since: int
    until: int


Stretch = Days | Instants
EVER = Days(None, None)


@dataclass(frozen=True, slots=True)
class Now:
    """The moment criteria are asked at, and how its workspace counts days."""

    moment: datetime
    today: date
    zone: ZoneInfo
    calendar: workdays.AnyCalendar

    @classmethod
    def of(cls, workspace: Workspace, at: datetime | None = None) -> "Now":
        at, zone = at or clock.now(), workspace.tz
        return cls(at, at.astimezone(zone).date(), zone, workspace.workdays)

    @property
    def milliseconds(self) -> int:
        return round(self.moment.timestamp() * 1000)


def number_of(day: date) -> int:
    """Days since 1970."""
    return (day - EPOCH).days


def moved(now: Now, count: int, unit: Unit) -> date:
    """The day ``count`` units after today, before it when negative; a month's missing day is its last."""
    if unit == "working_days":
        return workdays.add(now.today, count, now.calendar)
    if unit == "months":
        year, month = divmod(now.today.year * 12 + now.today.month - 1 + count, 12)
        return date(year, month + 1, min(now.today.day, monthrange(year, month + 1)[1]))
    return now.today + timedelta(days=count * (7 if unit == "weeks" else 1))


def day_of(now: Now, ref: DayRef) -> date:
    """The day a reference means now."""
    if isinstance(ref, date):
        return ref
    return moved(now, ref.n if ref.is_ahead else -ref.n, ref.unit)


def first_of_last(now: Now, span: Span) -> date:
    """The first of the days, weeks, months or working days that end today."""
    if span.unit == "working_days":
        return workdays.add(now.today + DAY, -span.n, now.calendar)
    return moved(now, -span.n, span.unit) + DAY


def resolve(window: Window | None, now: Now) -> Stretch:
    """The days or instants that a window means now."""
    if window is None:
        return EVER
    if isinstance(window, Last):
        if window.span.unit == "hours":
            return Instants(now.milliseconds - window.span.n * HOUR_MS, now.milliseconds)
        return Days(number_of(first_of_last(now, window.span)), number_of(now.today))
    first = None if window.first is None else number_of(day_of(now, window.first))
    last = None if window.last is None else number_of(day_of(now, window.last))
    if window.before is not None:
        last = number_of(day_of(now, window.before)) - 1
    return Days(first, last)


def start_of(day: int, zone: ZoneInfo) -> int:
    """The second since 1970 at which a day begins in a zone."""
    when = EPOCH + timedelta(days=day)
    return int(datetime(when.year, when.month, when.day, tzinfo=zone).timestamp())


def entered_before(span: Span, now: Now) -> datetime:
    """The moment before which one entered who has been in for so long: the end of the day so long ago."""
    day = moved(now, -span.n, span.unit) + DAY
    return datetime(day.year, day.month, day.day, tzinfo=now.zone)
