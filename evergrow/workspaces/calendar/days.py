"""What a workspace says of its working days, as it is stored with it.

``{"own": {"2027-01-04": {"works": false, "name": "Stocktaking"}},
"official": {"2027": [{"name": "春节", "free": ["2027-02-05", …], "worked": ["2027-02-20"]}]}}``
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from evergrow.lib import workdays
from evergrow.lib.official_notice import Holiday

Stored = Mapping[str, Any]
OWN, OFFICIAL = "own", "official"
WITH_NOTICES = "CN"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days of one's own in a row that are alike, both ends included."""

    first: date
    last: date
    works: bool
    name: str

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1


def calendar(base: str, stored: Stored, *, with_own: bool = True) -> workdays.AnyCalendar:
    """What working days are counted with; the name of the base alone where nothing is added to it.

    Official days hold for the calendar of China only. Without ``with_own`` they alone are added, for periods of law.
    """
    days: dict[date, bool] = {}
    years: frozenset[int] = frozenset()
    if base == WITH_NOTICES:
        taken = official(stored)
        years = frozenset(taken)
        days = {day: works for parts in taken.values() for day, works in told(parts).items()}
    if with_own:
        days |= {day: entry.works for day, entry in own(stored).items()}
    return workdays.Calendar(base, tuple(sorted(days.items())), years) if days or years else base


def own(stored: Stored) -> dict[date, Stretch]:
    """The days of one's own, each as a stretch of one day, by day."""
    rows = sorted((date.fromisoformat(day), row) for day, row in stored.get(OWN, {}).items())
    return {day: Stretch(day, day, bool(row["works"]), str(row["name"])) for day, row in rows}


def stretches(days: Iterable[Stretch]) -> list[Stretch]:
    """Days in order, those in a row that are alike joined."""
    found: list[Stretch] = []
    for day in days:
        before = found[-1] if found else None
        if before and (before.works, before.name) == (day.works, day.name) and before.last == day.first - workdays.DAY:
            found[-1] = Stretch(before.first, day.last, day.works, day.name)
        else:
            found.append(day)
    return found


def official(stored: Stored) -> dict[int, list[Holiday]]:
    """The holidays of the years whose notice was taken in."""
    return {int(year): [_holiday(row) for row in rows] for year, rows in sorted(stored.get(OFFICIAL, {}).items())}


def told(holidays: Iterable[Holiday]) -> dict[date, bool]:
    """The days that a notice makes free (False) or worked (True)."""
    found: dict[date, bool] = {}
    for holiday in holidays:
        found |= dict.fromkeys(holiday.free, False) | dict.fromkeys(holiday.worked, True)
    return found


def as_stored(holiday: Holiday) -> dict[str, Any]:
    return {
        "name": holiday.name,
        "free": [day.isoformat() for day in holiday.free],
        "worked": [day.isoformat() for day in holiday.worked],
    }


def in_row(days: Iterable[date]) -> list[tuple[date, date]]:
    """Days as stretches from first to last."""
    ordered = sorted(days)
    borders = [place for place, (one, other) in enumerate(pairwise(ordered), 1) if other - one > timedelta(days=1)]
    cuts = [0, *borders, len(ordered)]
    return [(ordered[a], ordered[b - 1]) for a, b in pairwise(cuts) if a < b]


def _holiday(row: Mapping[str, Any]) -> Holiday:
    free, worked = (tuple(map(date.fromisoformat, row[part])) for part in ("free", "worked"))
    return Holiday(str(row["name"]), free, worked)
