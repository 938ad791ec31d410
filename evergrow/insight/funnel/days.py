"""The days of a plain funnel, cut into spans whose events are kept in memory."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo

from evergrow.insight.funnel import window
from evergrow.insight.period import Between

WEEK = 7


@dataclass(frozen=True, slots=True)
class Span:
    """Days one after the other. ``may_start``: a try may begin on them; ``begins`` and ``ends``: ms since 1970."""

    first: date
    last: date
    may_start: bool
    begins: int
    ends: int

    def days(self) -> Iterator[date]:
        """Each of its days."""
        return (self.first + timedelta(days=place) for place in range((self.last - self.first).days + 1))


def spans(days: Between, until: date, today: date, zone: tzinfo) -> Iterator[Span]:
    """The days of entry and those after them, but none after ``until``: whole weeks, and days where none fits.

    Weeks always begin on the same days, so that other ranges find them too. Lately days stand alone: most of what
    arrives falls on them, and nothing else need be read again.
    """
    after = days.last + timedelta(days=1)
    for first, last, may_start in ((days.first, min(days.last, until), True), (after, until, False)):
        day = first
        while day <= last:
            end = day + timedelta(days=WEEK - 1)
            is_week = day.toordinal() % WEEK == 0 and end <= last and end < today - timedelta(days=1)
            end = end if is_week else day
            following = end + timedelta(days=1)
            yield Span(day, end, may_start, window.midnight(day, zone), window.midnight(following, zone))
            day = following
