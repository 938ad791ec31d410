"""Ranges of days and the buckets they are cut into. Everything here is days of the workspace's own zone.

A day of the zone is already stored with each event, so hours that a clock change adds or takes away never matter here;
``hours`` cuts days into hours.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

from django.utils.translation import gettext as _

from evergrow.insight.errors import BadQuestion

MOST_BUCKETS = 800
MOST_PERIODS = 5000
EARLIEST = date(1971, 1, 1)


class Interval(StrEnum):
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


PERIODS_A_YEAR = {
    Interval.DAY: 364,
    Interval.WEEK: 52,
    Interval.MONTH: 12,
    Interval.QUARTER: 4,
    Interval.YEAR: 1,
}
WHOLE_DAYS = (Interval.DAY, Interval.WEEK, Interval.MONTH, Interval.QUARTER, Interval.YEAR)
MONTHS = {Interval.MONTH: 1, Interval.QUARTER: 3, Interval.YEAR: 12}


@dataclass(frozen=True, slots=True)
class Last:
    """The running period and the ``count - 1`` before it: ``Last(12, WEEK)`` begins with a whole week."""

    count: int
    unit: Interval


@dataclass(frozen=True, slots=True)
class Between:
    """From one day to another, both counted."""

    first: date
    last: date


Range = Last | Between


@dataclass(frozen=True, slots=True)
class Bucket:
    """One point of time on a chart: the days from ``first`` to ``last`` that were counted.

    ``short`` says why it is not a full observation: it is still running, or the range cuts it. An hour also says the
    moments, in UTC, at which it begins and the next one does (where both are the same there was no such hour), and what
    the clock shows then, ``is_again`` where it shows it for the second time.
    """

    first: date
    last: date
    short: Literal["", "running", "cut"] = ""
    at: datetime | None = None
    until: datetime | None = None
    clock: str = ""
    is_again: bool = False

    @property
    def key(self) -> str:
        """How the bucket stands in an address: the day it begins on, an hour the moment."""
        return self.at.isoformat() if self.at else self.first.isoformat()

    @property
    def is_missing(self) -> bool:
        """An hour that the clocks left out."""
        return self.at is not None and self.at == self.until

    @property
    def is_complete(self) -> bool:
        return not self.short

    def told(self) -> dict[str, Any]:
        """As the API tells it."""
        return {"first": self.first, "last": self.last, "is_complete": self.is_complete, "at": self.at}


def begin(day: date, interval: Interval, week_start: int) -> date:
    """The first day of the day, week … year that ``day`` is in. ``week_start`` is 0 for Monday … 6 for Sunday."""
    if interval is Interval.WEEK:
        return day - timedelta(days=(day.weekday() - week_start) % 7)
    months = MONTHS.get(interval)
    return date(day.year, (day.month - 1) // months * months + 1, 1) if months else day


def step(start: date, count: int, interval: Interval) -> date:
    """``start`` (the first day of a period) moved by ``count`` periods, backwards when negative."""
    if interval in MONTHS:
        year, month = divmod(start.year * 12 + start.month - 1 + count * MONTHS[interval], 12)
        return date(year, month + 1, 1)
    return start + timedelta(days=count * (7 if interval is Interval.WEEK else 1))


def settle(asked: Range, today: date, week_start: int) -> Between:
    """The days a range means today; never later than today.

    Raises BadQuestion when it lies in the future or before 1971, where the store's calendar begins.
    """
    if isinstance(asked, Last):
        return Between(_count_back(asked, today, week_start), today)
    if asked.first > today:
        raise BadQuestion("range.from", _("This day lies in the future. Begin with today at the latest."))
    _check_early(asked.first)
    return Between(asked.first, min(asked.last, today))


def _count_back(asked: Last, today: date, week_start: int) -> date:
    try:
        first = step(begin(today, asked.unit, week_start), 1 - asked.count, asked.unit)
    except (OverflowError, ValueError):
        first = date.min
    return _check_early(first)


def _check_early(first: date) -> date:
    if first < EARLIEST:
        raise BadQuestion("range", _("The range begins before 1971. Choose a later day."))
    return first


def cut(days: Between, interval: Interval, today: date, week_start: int) -> tuple[Bucket, ...]:
    """Cut a range into whole days, weeks … years; the first and last may be short, and say why.

    Raises BadQuestion when there would be more points than anyone can read.
    """
    found: list[Bucket] = []
    start = begin(days.first, interval, week_start)
    while start <= days.last:
        following = step(start, 1, interval)
        found.append(_bucket(start, following - timedelta(days=1), days, today))
        if len(found) > MOST_BUCKETS:
            raise BadQuestion(
                "range",
                _("That is more than %(most)s points. Choose a shorter range or longer steps.")
                % {"most": MOST_BUCKETS},
            )
        start = following
    return tuple(found)


def _bucket(start: date, end: date, days: Between, today: date) -> Bucket:
    first, last = max(start, days.first), min(end, days.last)
    if end >= today and last == today:
        return Bucket(first, last, "running")
    return Bucket(first, last, "cut" if (first, last) != (start, end) else "")


def earlier(
    buckets: tuple[Bucket, ...], interval: Interval, week_start: int, distance: Literal["before", "year"]
) -> tuple[Bucket, ...]:
    """The buckets to compare with, one for each: as many periods before, or a year.

    A year is 12 months, or 52 weeks (364 days), so that weekdays meet. A running bucket meets a whole one; one that
    the range cuts meets one cut at the same place. Raises BadQuestion when they begin before 1971.
    """
    count = len(buckets)
    if distance == "year":
        count = PERIODS_A_YEAR[interval]
    found = tuple(_earlier(bucket, count, interval, week_start) for bucket in buckets)
    if found[0].first < EARLIEST:
        raise BadQuestion("compare", _("The days to compare with begin before 1971. Choose a later range."))
    return found


def _earlier(bucket: Bucket, count: int, interval: Interval, week_start: int) -> Bucket:
    start = begin(bucket.first, interval, week_start)
    end = step(start, 1, interval) - timedelta(days=1)
    moved = step(start, -count, interval)
    moved_end = step(moved, 1, interval) - timedelta(days=1)
    first = min(moved + (bucket.first - start), moved_end)
    if bucket.last == end or bucket.short == "running":
        return Bucket(first, moved_end, "cut" if first != moved else "")
    return Bucket(first, min(moved + (bucket.last - start), moved_end), "cut")
