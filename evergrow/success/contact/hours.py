"""Stretches of the day by the clock on the wall, and when they begin and end in fact. Nothing here reads a store.

A rule names local times; they become moments anew for every day, so that a change of the clock moves them. A time
that the clock skips begins with the first moment after the gap; of a time that comes twice, a stretch begins with the
first and ends with the second.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

DAY = timedelta(days=1)
FAR = 370
Span = tuple[datetime, datetime]
IsDay = Callable[[date], bool]


@dataclass(frozen=True, slots=True)
class Stretch:
    """From ``begins`` to ``ends``, on the weekdays on which it begins (0 is Monday); it may end on the next day."""

    days: frozenset[int]
    begins: time
    ends: time

    def on(self, day: date, zone: ZoneInfo) -> Span | None:
        """The moments between which it lies when it begins on ``day``, None on other weekdays."""
        if day.weekday() not in self.days:
            return None
        last = day if self.ends > self.begins else day + DAY
        return moment(day, self.begins, zone), moment(last, self.ends, zone, is_last=True)

    def as_data(self) -> dict[str, Any]:
        return {"days": sorted(self.days), "from": f"{self.begins:%H:%M}", "to": f"{self.ends:%H:%M}"}


def read(data: Iterable[Mapping[str, Any]]) -> list[Stretch]:
    """Stretches as ``as_data`` writes them. Raises ValueError or KeyError for what cannot be read."""
    found = []
    for each in data:
        days = frozenset(int(day) for day in each["days"])
        if not days or not days <= set(range(7)):
            raise ValueError(_("Choose the weekdays on which it begins, 0 (Monday) to 6."))
        found.append(Stretch(days, _time(each["from"]), _time(each["to"])))
    return found


def _time(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise ValueError(_("“%(text)s” is no time of day. Write it like 21:00.") % {"text": text}) from None


def moment(day: date, at: time, zone: ZoneInfo, *, is_last: bool = False) -> datetime:
    """When the wall clock shows ``at`` on ``day``, in UTC: the first time it does, or the last."""
    local = datetime.combine(day, at, zone)
    early, late = (local.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    if early.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        return _after_gap(late, early, zone)
    return late if is_last else early


def _after_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The moment at which the clock was put forward, to the second."""
    shift = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) / 2
        before, after = (middle, after) if middle.astimezone(zone).utcoffset() == shift else (before, middle)
    return after.replace(microsecond=0)


def ends(stretches: Sequence[Stretch], at: datetime, zone: ZoneInfo) -> datetime | None:
    """When the stretch or stretches around ``at`` are over, None when ``at`` is in none. After a year it gives up."""
    until = at
    for _turn in range(FAR * max(1, len(stretches))):
        later = max((end for begin, end in _around(stretches, until, zone) if begin <= until < end), default=until)
        if later == until:
            break
        until = later
    return until if until > at else None


def begins(stretches: Sequence[Stretch], at: datetime, zone: ZoneInfo, is_day: IsDay | None = None) -> datetime | None:
    """When the next stretch begins; ``at`` itself inside one, None when none comes within a year.

    ``is_day`` leaves out stretches that begin on other days, for example days off.
    """
    first = at.astimezone(zone).date() - DAY
    for shift in range(FAR):
        day = first + DAY * shift
        if is_day is not None and not is_day(day):
            continue
        spans = [span for each in stretches if (span := each.on(day, zone)) and span[1] > at]
        if spans:
            return max(at, min(begin for begin, _ in spans))
    return None


def _around(stretches: Sequence[Stretch], at: datetime, zone: ZoneInfo) -> list[Span]:
    today = at.astimezone(zone).date()
    days = [today - DAY, today, today + DAY]
    return [span for each in stretches for day in days if (span := each.on(day, zone))]
