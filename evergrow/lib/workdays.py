"""Working days of a calendar: CN with its make-up workdays (调休), US, GB (England), or plain Monday to Friday.

Chinese holidays are announced each November for the following year. In a year that the installed calendar does not know
yet the days that the law itself names are free (全国年节及纪念日放假办法, in its form of 2025), and nobody works on a
Saturday or Sunday; ``is_known`` says so, so that a page can tell its reader.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

import chinese_calendar
import holidays

Roll = Literal["none", "next", "previous"]
DAY = timedelta(days=1)
MOST_DAYS = 3660


class UnknownCalendar(ValueError):
    """No calendar has this name."""


def is_workday(day: date, calendar: str) -> bool:
    """Whether people work on ``day`` by ``calendar``: ``"CN"``, ``"US"``, ``"GB"`` or ``""`` (Monday to Friday).

    Raises UnknownCalendar.
    """
    try:
        return _CALENDARS[calendar](day)
    except KeyError:
        known = ", ".join(repr(name) for name in _CALENDARS)
        raise UnknownCalendar(f"There is no working calendar {calendar!r}. Use one of {known}.") from None


def is_known(day: date, calendar: str) -> bool:
    """Whether the holidays of that day's year are announced; if not, ``is_workday`` goes by the law alone."""
    return calendar != "CN" or day.year in _chinese_years()


def add(start: date, days: int, calendar: str) -> date:
    """The day that lies ``days`` working days after ``start`` (before it, when negative).

    Zero gives ``start`` itself, working day or not; 1 from a Saturday is Monday. Raises ValueError beyond ten years.
    """
    if abs(days) > MOST_DAYS:
        raise ValueError(f"{days} working days is too far. Use at most {MOST_DAYS}.")
    step, left, day = (DAY if days > 0 else -DAY), abs(days), start
    while left:
        day += step
        left -= is_workday(day, calendar)
    return day


def roll(day: date, way: Roll, calendar: str) -> date:
    """``day`` itself when it is a working day or ``way`` is ``"none"``, else the next or the previous working day."""
    step = {"none": None, "next": DAY, "previous": -DAY}[way]
    while step is not None and not is_workday(day, calendar):
        day += step
    return day


def between(start: date, end: date, calendar: str) -> int:
    """How many working days come after ``start`` up to and including ``end``; negative when ``end`` is earlier."""
    if end < start:
        return -between(end, start, calendar)
    return sum(is_workday(start + DAY * n, calendar) for n in range(1, (end - start).days + 1))


def _monday_to_friday(day: date) -> bool:
    return day.weekday() < 5


@lru_cache(maxsize=1)
def _chinese_years() -> frozenset[int]:
    return frozenset(day.year for day in chinese_calendar.constants.holidays)


def _chinese(day: date) -> bool:
    if day.year not in _chinese_years():
        return _monday_to_friday(day) and day not in _public_holidays("CN", None)
    return bool(chinese_calendar.is_workday(day))


@lru_cache(maxsize=4)
def _public_holidays(country: str, subdivision: str | None) -> holidays.HolidayBase:
    return holidays.country_holidays(country, subdiv=subdivision)


def _western(country: str, subdivision: str | None = None) -> Callable[[date], bool]:
    return lambda day: _monday_to_friday(day) and day not in _public_holidays(country, subdivision)


_CALENDARS: dict[str, Callable[[date], bool]] = {
    "CN": _chinese,
    "US": _western("US"),
    "GB": _western("GB", "ENG"),
    "": _monday_to_friday,
}
