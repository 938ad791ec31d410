"""Moments of a wall clock: a day and a time in a zone, as the one moment that is meant.

Where clocks go forward some times do not exist: they are the same distance after the gap begins, so 02:30 in a gap from
02:00 to 03:00 is 03:30. Where clocks go back some times come twice: the first is meant.
"""

from datetime import UTC, date, datetime, time, tzinfo


def moment(day: date, at: time, zone: tzinfo) -> datetime:
    """The moment, in UTC, at which the clocks of ``zone`` show ``at`` on ``day``."""
    return datetime.combine(day, at.replace(tzinfo=None, fold=0), zone).astimezone(UTC)


def day_of(at: datetime, zone: tzinfo) -> date:
    """The day that the calendars of ``zone`` show at a moment."""
    return at.astimezone(zone).date()
