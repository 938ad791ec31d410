"""Hours of the workspace's clock. A day has 23, 24 or 25 of them, and one of half an hour where clocks move by half.

An hour lasts while the clock shows the same hour without being moved: it begins when the clock strikes, or when it is
moved. An hour that is lived twice is two; one that is skipped is none.
"""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal

from django.utils.translation import gettext as _

from evergrow.insight.errors import BadQuestion
from evergrow.insight.period import EARLIEST, MOST_BUCKETS, Between, Bucket

MINUTE = timedelta(minutes=1)


def begin(day: date, zone: tzinfo) -> datetime:
    """The moment a day begins in a zone, in UTC; where midnight is skipped, the moment the clocks move."""
    return datetime.combine(day, time(0), zone).astimezone(UTC)


def following(moment: datetime, zone: tzinfo) -> datetime:
    """The moment the next hour begins after ``moment`` (UTC)."""
    local = moment.astimezone(zone)
    struck = moment + timedelta(minutes=60 - local.minute, seconds=-local.second)
    if struck.astimezone(zone).utcoffset() == local.utcoffset():
        return struck
    return _moved(moment, struck, zone)


def _moved(before: datetime, after: datetime, zone: tzinfo) -> datetime:
    """The minute between two moments of different offsets at which the clocks are moved."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > MINUTE:
        middle = before + ((after - before) // MINUTE + 1) // 2 * MINUTE
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after


def cut(days: Between, now: datetime, zone: tzinfo) -> tuple[Bucket, ...]:
    """The hours of some days until the one that runs ``now``, which is short.

    Raises BadQuestion when there would be more points than anyone can read.
    """
    found: list[Bucket] = []
    at, end = begin(days.first, zone), min(begin(days.last + timedelta(days=1), zone), now.astimezone(UTC))
    while at < end or (not found and at <= end):
        until = following(at, zone)
        found.append(_hour(at, until, zone, is_running=until > now))
        if len(found) > MOST_BUCKETS:
            raise BadQuestion(
                "range",
                _("That is more than %(most)s points. Choose a shorter range or longer steps.")
                % {"most": MOST_BUCKETS},
            )
        at = until
    return tuple(found)


def _hour(at: datetime, until: datetime, zone: tzinfo, *, is_running: bool = False) -> Bucket:
    local = at.astimezone(zone)
    day, shown = local.date(), f"{local:%H:%M}"
    return Bucket(day, day, "running" if is_running else "", at, until, shown, is_again=bool(local.fold))


def earlier(
    buckets: tuple[Bucket, ...], days: Between, zone: tzinfo, distance: Literal["before", "year"]
) -> tuple[Bucket, ...]:
    """The hour to compare with, one for each: the same hour of the clock as many days before, or 364 days before.

    An hour that those days do not have is a bucket of no time. Raises BadQuestion when they begin before 1971.
    """
    back = timedelta(days=364) if distance == "year" else days.last - days.first + timedelta(days=1)
    if days.first - back < EARLIEST:
        raise BadQuestion("compare", _("The days to compare with begin before 1971. Choose a later range."))
    return tuple(_same_hour(bucket, back, zone) for bucket in buckets)


def _same_hour(bucket: Bucket, back: timedelta, zone: tzinfo) -> Bucket:
    assert bucket.at is not None
    local = bucket.at.astimezone(zone)
    wanted = (local - back).replace(fold=local.fold)
    at = wanted.astimezone(UTC)
    found = at.astimezone(zone)
    if (found.hour, found.minute, found.fold) == (local.hour, local.minute, local.fold):
        return _hour(at, following(at, zone), zone)
    return Bucket(wanted.date(), wanted.date(), "cut", at, at, bucket.clock, bucket.is_again)
