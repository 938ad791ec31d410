"""Days and moments in the many ways people write them."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone

from django.utils.translation import gettext_lazy as _

from evergrow.intake.kinds.problems import Unreadable
from evergrow.intake.kinds.values import Reading

MONTHS = {name: place for place, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}  # noqa: SIM905
YEAR_FIRST = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?!\d)")
YEAR_LAST = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4}|\d{2})(?!\d)")
NAMED_DAY_FIRST = re.compile(r"(?:[a-z]{3,9},?\s+)?(\d{1,2})(?:st|nd|rd|th)?[\s-]+([a-z]{3,9})\.?,?[\s-]+(\d{4})", re.I)
NAMED_MONTH_FIRST = re.compile(r"(?:[a-z]{3,9},?\s+)?([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})", re.I)
TIME = re.compile(
    r"^[T\s,]*(上午|下午)?\s*(\d{1,2})[:：时点](\d{2})(?:[:：分](\d{2})(?:[.,](\d{1,9}))?)?[秒分]?\s*([ap]\.?m\.?)?"
    r"\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?$",
    re.I,
)
EXCEL_EPOCH = date(1899, 12, 30)
FIRST_YEAR, LAST_YEAR = 1970, 2100


def day(cell: str, reading: Reading) -> date:
    """A day; of a moment with a zone, the day it is then in the workspace's zone."""
    found, rest = _day(cell, reading)
    if not rest:
        return found
    return moment(cell, reading).astimezone(reading.zone).date()


def moment(cell: str, reading: Reading) -> datetime:
    """A moment in UTC. Without a zone the workspace's is meant; a day alone is its first instant there."""
    if re.fullmatch(r"\d{10}|\d{13}|\d{16}", cell):
        return _since_1970(cell)
    found, rest = _day(cell, reading)
    if not rest:
        return datetime(found.year, found.month, found.day, tzinfo=reading.zone).astimezone(UTC)
    return _with_time(cell, found, rest, reading)


def _since_1970(cell: str) -> datetime:
    seconds = int(cell) / {10: 1, 13: 1_000, 16: 1_000_000}[len(cell)]
    return datetime.fromtimestamp(seconds, UTC)


def _day(cell: str, reading: Reading) -> tuple[date, str]:
    """The day at the start of the cell and what follows it."""
    try:
        if len(cell) == 10:
            found = date.fromisoformat(cell)
            return _checked(cell, found.year, found.month, found.day), ""
    except Unreadable:
        raise
    except ValueError:
        pass
    try:
        for pattern, order in (
            (YEAR_FIRST, "ymd"),
            (COMPACT, "ymd"),
            (YEAR_LAST, "mdy" if reading.date_order == "mdy" else "dmy"),
        ):
            if match := pattern.match(cell):
                parts = dict(zip(order, (int(part) for part in match.groups()), strict=True))
                return _checked(cell, parts["y"], parts["m"], parts["d"]), cell[match.end() :].strip()
        if match := NAMED_DAY_FIRST.match(cell):
            number, name, year = match.groups()
            return _checked(cell, int(year), _month(cell, name), int(number)), cell[match.end() :].strip()
        if match := NAMED_MONTH_FIRST.match(cell):
            name, number, year = match.groups()
            return _checked(cell, int(year), _month(cell, name), int(number)), cell[match.end() :].strip()
    except ValueError as error:
        raise error if isinstance(error, Unreadable) else _unreadable(cell) from error
    return _serial(cell), ""


def _serial(cell: str) -> date:
    """Excel's count of days, as a date column saved as numbers shows it."""
    if re.fullmatch(r"\d{5}(\.\d+)?", cell):
        return EXCEL_EPOCH + timedelta(days=int(float(cell)))
    if re.fullmatch(r"\d{10}|\d{13}|\d{16}", cell):
        return _since_1970(cell).date()
    raise _unreadable(cell)


def _checked(cell: str, year: int, month: int, number: int) -> date:
    year += 0 if year > 99 else 2000
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Unreadable(_("The year of “%(value)s” is outside 1970 to 2100."), value=cell)
    return date(year, month, number)


def _month(cell: str, name: str) -> int:
    try:
        return MONTHS[name[:3].lower()]
    except KeyError:
        raise _unreadable(cell) from None


def _with_time(cell: str, found: date, rest: str, reading: Reading) -> datetime:
    match = TIME.match(rest)
    if match is None:
        raise _unreadable(cell)
    noon, hours, minutes, seconds, fraction, half, zone = match.groups()
    hour = int(hours)
    if (half or "").lower().startswith("p") or noon == "下午":
        hour = hour % 12 + 12
    elif half or noon:
        hour %= 12
    micro = int((fraction or "0")[:6].ljust(6, "0"))
    try:
        clock_time = time(hour, int(minutes), int(seconds or 0), micro, tzinfo=_zone(zone) if zone else reading.zone)
    except ValueError:
        raise _unreadable(cell) from None
    return datetime.combine(found, clock_time).astimezone(UTC)


def _zone(shown: str) -> timezone:
    if shown.upper() in {"Z", "UTC", "GMT"}:
        return UTC
    sign = -1 if shown[0] == "-" else 1
    digits = shown[1:].replace(":", "").ljust(4, "0")
    return timezone(sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:])))


def _unreadable(cell: str) -> Unreadable:
    return Unreadable(_("“%(value)s” is not a date. Write it like 2026-03-31 or 2026-03-31 14:30."), value=cell)


def order_of(cells: list[str]) -> str:
    """dmy or mdy from days written with the year last: a first part over 12 is a day, a second one over 12 as well.

    Returns ``ymd`` when no cell has its year last, and ``mdy?`` when both readings fit every cell.
    """
    seen = [match.groups() for cell in cells if (match := YEAR_LAST.match(cell.strip()))]
    if not seen:
        return "ymd"
    if any(int(first) > 12 for first, _second, _year in seen):
        return "dmy"
    if any(int(second) > 12 for _first, second, _year in seen):
        return "mdy"
    return "mdy?"
