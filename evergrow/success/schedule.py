"""When steps are due. Pure arithmetic over published steps; nothing here reads or writes a store."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from typing import Any, NamedTuple, cast

from evergrow.lib import local_time, workdays, workhours
from evergrow.success.models import DueFrom, Unit

MIDNIGHT = time(0)
BY_THE_HOUR = (Unit.HOURS, Unit.WORKHOURS)


class Due(NamedTuple):
    """A day, and the moment (UTC) on it where the step says one."""

    on: date
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """What the dates of one run hang on: its start, the dates of its account by name, calendar, zone, hours of work.

    ``anchors[""]`` is the playbook's own date. ``began`` is the moment of the start (None: the beginning of the day).
    """

    start: date
    anchors: Mapping[str, date | None]
    calendar: workdays.AnyCalendar
    zone: tzinfo = UTC
    hours: workhours.Hours | None = None
    began: datetime | None = None


def plan(
    steps: Iterable[Any],
    *,
    start: date,
    anchor: date | None,
    calendar: workdays.AnyCalendar,
    known: Mapping[str, date] | None = None,
) -> dict[str, date | None]:
    """The due day of every step, by key, where no step counts hours; see ``plan_due``."""
    frame = Frame(start, {"": anchor}, calendar)
    found = plan_due(steps, frame, {key: Due(day) for key, day in (known or {}).items()})
    return {key: due.on if due else None for key, due in found.items()}


def plan_due(steps: Iterable[Any], frame: Frame, known: Mapping[str, Due]) -> dict[str, Due | None]:
    """When every step is due, by key. ``steps`` come in order, each after those it waits for.

    ``known`` gives what is settled: when a step was done, or the date a person fixed. A step counted from an anchor
    that is missing has no date (None). No step is due before the start, however late a run begins, nor before those it
    waits for.
    """
    dates: dict[str, Due | None] = {}
    for step in steps:
        dates[step.key] = known.get(step.key) or _due(step, frame, dates)
    return dates


def _due(step: Any, frame: Frame, before: Mapping[str, Due | None]) -> Due | None:
    waits_for = [due for key in step.after if (due := before.get(key)) is not None]
    if step.unit in BY_THE_HOUR:
        return _by_the_hour(step, frame, waits_for)
    earliest = max([frame.start, *(due.on for due in waits_for)])
    if step.due_from == DueFrom.ANCHOR:
        base = frame.anchors.get(getattr(step, "anchor", ""))
    else:
        base = frame.start if step.due_from == DueFrom.START else earliest
    if base is None:
        return None
    day = max(earliest, _shift(base, step.offset, step.unit, frame.calendar))
    day = max(earliest, _roll(day, step.roll, frame.calendar))
    at_time = getattr(step, "at_time", None)
    return Due(day, local_time.moment(day, at_time, frame.zone) if at_time else None)


def _by_the_hour(step: Any, frame: Frame, waits_for: list[Due]) -> Due | None:
    began = frame.began or local_time.moment(frame.start, MIDNIGHT, frame.zone)
    earliest = max([began, *(due.at or _beginning(due.on, frame.zone) for due in waits_for)])
    if step.due_from == DueFrom.ANCHOR:
        day = frame.anchors.get(getattr(step, "anchor", ""))
        if day is None:
            return None
        base = _beginning(day, frame.zone)
    else:
        base = began if step.due_from == DueFrom.START else earliest
    if step.unit == Unit.WORKHOURS and frame.hours is not None:
        at = workhours.add(base, step.offset, frame.hours)
    else:
        at = base + timedelta(hours=step.offset)
    at = max(at, earliest).astimezone(UTC)
    return Due(local_time.day_of(at, frame.zone), at)


@lru_cache(maxsize=10_000)
def _shift(base: date, offset: int, unit: str, calendar: workdays.AnyCalendar) -> date:
    return workdays.add(base, offset, calendar) if unit == Unit.WORKDAYS else base + timedelta(days=offset)


@lru_cache(maxsize=10_000)
def _roll(day: date, way: str, calendar: workdays.AnyCalendar) -> date:
    return workdays.roll(day, cast(workdays.Roll, way), calendar)


@lru_cache(maxsize=4_000)
def _beginning(day: date, zone: tzinfo) -> datetime:
    return local_time.moment(day, MIDNIGHT, zone)
