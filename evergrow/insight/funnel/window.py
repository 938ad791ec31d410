"""How long a try may take: in milliseconds, or in months of the workspace's calendar."""

from datetime import UTC, date, datetime, timedelta, tzinfo

from evergrow.insight.funnel.question import Unit, Window
from evergrow.insight.statement import Bound

LENGTHS: dict[Unit, timedelta] = {
    Unit.MINUTE: timedelta(minutes=1),
    Unit.HOUR: timedelta(hours=1),
    Unit.DAY: timedelta(days=1),
    Unit.WEEK: timedelta(weeks=1),
}


def milliseconds(window: Window) -> int | None:
    """The window's length, or None for months, whose length depends on where they begin."""
    length = LENGTHS.get(window.unit)
    return None if length is None else window.count * round(length.total_seconds() * 1000)


def most_days(window: Window) -> int:
    """Days after the day of a start in which the window surely ends."""
    length = milliseconds(window)
    return window.count * 31 + 2 if length is None else length // 86_400_000 + 2


def deadline(window: Window, start: str, bound: Bound, zone: str) -> str:
    """SQL for the last moment (ms since 1970) that counts after ``start``, an expression in the same unit."""
    length = milliseconds(window)
    if length is not None:
        return f"({start} + {_once(bound, 'window', 'Int64', length)})"
    here, months = _once(bound, "zone", "String", zone), _once(bound, "months", "Int32", window.count)
    return f"toUnixTimestamp64Milli(addMonths(fromUnixTimestamp64Milli({start}, {here}), {months}))"


def _once(bound: Bound, name: str, kind: str, value: object) -> str:
    """The mark of a value that the statement names many times."""
    bound.params.setdefault(name, value)
    return f"{{{name}:{kind}}}"


def midnight(day: date, zone: tzinfo) -> int:
    """The moment at which a day begins in a zone, in milliseconds since 1970."""
    return round(datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC).timestamp() * 1000)


def passed(window: Window, end: datetime, now: datetime, zone: tzinfo) -> bool:
    """Whether every try that began before ``end`` has had its whole window by ``now``."""
    length = milliseconds(window)
    if length is not None:
        return end + timedelta(milliseconds=length) <= now
    here = end.astimezone(zone)
    year, month = divmod(here.year * 12 + here.month - 1 + window.count, 12)
    closes = date(year, month + 1, 1) + timedelta(days=here.day)
    return now.astimezone(zone).date() > closes
