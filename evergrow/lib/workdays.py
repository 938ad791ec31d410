"""Working days of a calendar: CN with its make-up workdays (调休), US, GB (England), or plain Monday to Friday.

Chinese holidays are announced each November for the following year. In a year that the installed calendar does not know
yet the days that the law itself names are free (全国年节及纪念日放假办法, in its form of 2025), and nobody works on a
Saturday or Sunday; ``is_known`` says so, so that a page can tell its reader. A ``Calendar`` adds days of one's own, and
years whose announcement was taken in.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class Calendar:
    """The calendar ``base`` with days of its own: ``days`` are worked (True) or free (False) whatever the base says.

    In ``years`` the base is not asked: what ``days`` does not name is worked from Monday to Friday.
    """

    base: str
    days: tuple[tuple[date, bool], ...] = ()
    years: frozenset[int] = frozenset()
    _by_day: dict[date, bool] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_day", dict(self.days))

    def is_workday(self, day: date) -> bool:
        known = self._by_day.get(day)
        if known is not None:
            return known
        return _monday_to_friday(day) if day.year in self.years else _named(self.base)(day)


AnyCalendar = str | Calendar


def is_workday(day: date, calendar: AnyCalendar) -> bool:
    """Whether people work on ``day`` by ``calendar``: ``"CN"``, ``"US"``, ``"GB"``, ``""`` (Monday to Friday), or one
    with days of its own.

    Raises UnknownCalendar.
    """
    return calendar.is_workday(day) if isinstance(calendar, Calendar) else _named(calendar)(day)


def is_known(day: date, calendar: AnyCalendar) -> bool:
    """Whether the holidays of that day's year are announced; if not, ``is_workday`` goes by the law alone."""
    if isinstance(calendar, Calendar):
        return day.year in calendar.years or is_known(day, calendar.base)
    return calendar != "CN" or day.year in _chinese_years()


def _named(name: str) -> Callable[[date], bool]:
    try:
        return _CALENDARS[name]
    except KeyError:
        known = ", ".join(repr(each) for each in _CALENDARS)
        raise UnknownCalendar(f"There is no working calendar {name!r}. Use one of {known}.") from None


def add(start: date, days: int, calendar: AnyCalendar) -> date:
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


def roll(day: date, way: Roll, calendar: AnyCalendar) -> date:
    """``day`` itself when it is a working day or ``way`` is ``"none"``, else the next or the previous working day."""
    step = {"none": None, "next": DAY, "previous": -DAY}[way]
    while step is not None and not is_workday(day, calendar):
        day += step
    return day


def between(start: date, end: date, calendar: AnyCalendar) -> int:
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
