"""The calendar of work: days of a week or a month, with what falls on them and whether people work."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from evergrow.lib import workdays
from evergrow.success.day import sources
from evergrow.success.day.sources import Ask, Entry

View = Literal["week", "month"]


@dataclass(slots=True)
class Day:
    """A cell. ``kind``: ``workday``, ``weekend``, ``holiday``, or ``make_up`` (a weekend day that is worked)."""

    day: date
    kind: str
    is_inside: bool = True
    is_today: bool = False
    entries: list[Entry] = field(default_factory=list)


def span(day: date, view: View, week_start: int) -> tuple[date, date]:
    """The first and last day shown: the week of ``day``, or the whole weeks that its month touches."""
    if view == "week":
        first = day - timedelta(days=(day.weekday() - week_start) % 7)
        return first, first + timedelta(days=6)
    month = day.replace(day=1)
    last = following(day, "month") - timedelta(days=1)
    start = month - timedelta(days=(month.weekday() - week_start) % 7)
    return start, last + timedelta(days=6 - (last.weekday() - week_start) % 7)


def following(day: date, view: View) -> date:
    """A day of the next week, or the first of the next month."""
    return day + timedelta(days=7) if view == "week" else (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def before(day: date, view: View) -> date:
    """A day of the week before, or the first of the month before."""
    return day - timedelta(days=7) if view == "week" else (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def weeks(ask: Ask, day: date, view: View) -> list[list[Day]]:
    """The weeks around ``day`` with the entries of every source, those with a time of day in its order."""
    workspace = ask.member.workspace
    start, end = span(day, view, workspace.week_start)
    found: dict[date, list[Entry]] = defaultdict(list)
    for source in sources.every():
        if source.between is not None:
            for entry in source.between(ask, start, end):
                found[entry.on].append(entry)
    cells = []
    for n in range((end - start).days + 1):
        each = start + timedelta(days=n)
        is_inside = view == "week" or each.month == day.month
        kind = kind_of(each, workspace.workdays)
        entries = sorted(found[each], key=lambda entry: (entry.starts_at is None, entry.starts_at or 0, entry.key))
        cells.append(Day(each, kind, is_inside, each == ask.today, entries))
    return [cells[at : at + 7] for at in range(0, len(cells), 7)]


def kind_of(day: date, calendar: workdays.AnyCalendar) -> str:
    """Whether people work on a day by the calendar, and whether that is against the week."""
    is_workday, is_weekend = workdays.is_workday(day, calendar), day.weekday() >= 5
    if is_workday:
        return "make_up" if is_weekend else "workday"
    return "weekend" if is_weekend else "holiday"
