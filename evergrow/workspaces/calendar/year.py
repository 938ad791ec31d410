"""A year of working days as the page shows it."""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from evergrow.lib import moments, workdays
from evergrow.lib.official_notice import Holiday
from evergrow.workspaces.calendar import days
from evergrow.workspaces.models import Workspace

NOVEMBER = 11
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Square:
    """A day. ``kind``: "work", "weekend", "holiday", "made_up" (worked on a weekend), "own_free", "own_work"."""

    day: date
    kind: str
    name: str
    is_today: bool


@dataclass(frozen=True, slots=True)
class Month:
    """``blanks`` squares stand empty before the first day; ``worked`` counts its working days."""

    first: date
    blanks: range
    squares: list[Square]
    worked: int


def heads(week_start: int, language: str) -> list[str]:
    """What the days of a week are called, the first one first."""
    monday = date(2024, 1, 1)
    return [moments.weekday(monday + DAY * ((week_start + n) % 7), language) for n in range(7)]


def months(workspace: Workspace, year: int) -> list[Month]:
    """The twelve months, weeks beginning as the workspace's do."""
    said = days.own(workspace.calendar_days)
    names = {
        day: each.name
        for each in days.official(workspace.calendar_days).get(year, [])
        for day in (*each.free, *each.worked)
    }
    today, found = workspace.today(), []
    for number in range(1, 13):
        first = date(year, number, 1)
        days_of = [first + DAY * n for n in range(monthrange(year, number)[1])]
        squares = [_square(day, workspace.workdays, said, names, today) for day in days_of]
        blanks = range((first.weekday() - workspace.week_start) % 7)
        worked = sum(workdays.is_workday(each.day, workspace.workdays) for each in squares)
        found.append(Month(first, blanks, squares, worked))
    return found


def _square(
    day: date,
    calendar: workdays.AnyCalendar,
    said: Mapping[date, days.Stretch],
    names: Mapping[date, str],
    today: date,
) -> Square:
    works, is_weekend = workdays.is_workday(day, calendar), day.weekday() >= 5
    if day in said:
        return Square(day, "own_work" if works else "own_free", said[day].name, day == today)
    if works:
        return Square(day, "made_up" if is_weekend else "work", names.get(day, ""), day == today)
    is_named = day in names or not is_weekend
    return Square(day, "holiday" if is_named else "weekend", names.get(day, ""), day == today)


def changes(workspace: Workspace, year: int, holidays: Iterable[Holiday]) -> dict[bool, list[tuple[date, date]]]:
    """What taking this notice in would change: days that become worked (True) and free (False), as stretches.

    Days of one's own count as they are: they win over any notice.
    """
    stored = workspace.calendar_days
    taken = {**stored.get(days.OFFICIAL, {}), str(year): [days.as_stored(holiday) for holiday in holidays]}
    after = days.calendar(workspace.calendar, {**stored, days.OFFICIAL: taken})
    found: dict[bool, list[date]] = {True: [], False: []}
    day = date(year - 1, 12, 1)
    while day.year <= year:
        works = workdays.is_workday(day, after)
        if works != workdays.is_workday(day, workspace.workdays):
            found[works].append(day)
        day += DAY
    return {works: days.in_row(each) for works, each in found.items()}


def unknown_year(workspace: Workspace) -> int | None:
    """The year that runs, or from November on the next one, whose official days are unknown here; None without one."""
    today = workspace.today()
    for year in (today.year, today.year + (today.month >= NOVEMBER)):
        if not workdays.is_known(date(year, 1, 1), workspace.workdays):
            return year
    return None
