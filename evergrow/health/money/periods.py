"""The months and quarters that are compared, in days of the workspace's own zone."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from evergrow.lib import moments

SHOWN = 13


class Interval(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Period:
    """From the end of ``start`` to the end of ``end``; a running one ends today and is not complete.

    ``key`` is how it stands in addresses: the month, or the first month of the quarter; a period of twelve months
    stands under its last month.
    """

    key: str
    start: date
    end: date
    is_complete: bool
    interval: Interval

    @property
    def label(self) -> str:
        if self.interval is Interval.QUARTER:
            year, month = map(int, self.key.split("-"))
            return _("Q%(quarter)s %(year)s") % {"quarter": (month + 2) // 3, "year": year}
        return moments.month_text(self.end, get_language() or "en")


def periods(interval: Interval, today: date, since: date | None, most: int = SHOWN) -> list[Period]:
    """The running period and those before it, oldest first; none before the first movement."""
    found: list[Period] = []
    size = 3 if interval is Interval.QUARTER else 1
    first = first_of(today, size)
    while len(found) < most:
        following = add_months(first, size)
        end = min(following - timedelta(days=1), today)
        start = add_months(following, -12) if interval is Interval.YEAR else first
        # The last day of a period counts as over only when the next has begun
        found.append(Period(f"{first:%Y-%m}", start - timedelta(days=1), end, following <= today, interval))
        first = add_months(first, -size)
        if since is None or following <= since:
            break
    kept = [period for period in found if since is not None and period.end >= since] or found[:1]
    return kept[::-1]


def first_of(day: date, size: int) -> date:
    """The first day of the day's month or quarter."""
    return date(day.year, day.month - (day.month - 1) % size, 1)


def add_months(first: date, months: int) -> date:
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)
