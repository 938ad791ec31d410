"""A trait's value as the mirror keeps it: a text, a number where it can be compared as one, and what it reads as.

Nothing, an empty text and an empty list are no value: such a trait is not set.
"""

import json
import math
import re
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import Any, Literal, NamedTuple

Type = Literal["text", "number", "truth", "date", "moment", "list"]
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?", re.ASCII)
LONGEST_NUMBER = 32
EPOCH = date(1970, 1, 1)
MAYBE_NUMBER = frozenset("0123456789+-.")


class Value(NamedTuple):
    """``number`` is the number itself, the days since 1970 of a date, the seconds of a moment, 1 or 0 of a truth."""

    text: str
    number: float | None
    type: Type


def read(raw: Any, zone: tzinfo) -> Value | None:
    """The value of anything JSON or a model holds; ``None`` for what is not set.

    A text that reads as a number, a date, a moment (without an offset: in ``zone``) or a truth is one.
    """
    if raw is None:
        return None
    if isinstance(raw, str):
        return _read_text(raw, zone)
    if isinstance(raw, bool):
        return Value("true" if raw else "false", float(raw), "truth")
    if isinstance(raw, int | float | Decimal):
        return Value(number_text(raw), float(raw), "number") if math.isfinite(raw) else None
    if isinstance(raw, datetime):
        return _moment(raw if raw.tzinfo else raw.replace(tzinfo=zone))
    if isinstance(raw, date):
        return Value(raw.isoformat(), float((raw - EPOCH).days), "date")
    if isinstance(raw, list | tuple | set):
        parts = [plain_text(part) for part in raw if part is not None]
        return Value(json.dumps(parts, ensure_ascii=False), None, "list") if parts else None
    return Value(json.dumps(raw, ensure_ascii=False, sort_keys=True, default=str), None, "text") if raw else None


def _read_text(raw: str, zone: tzinfo) -> Value | None:
    if not raw:
        return None
    if raw[0] in MAYBE_NUMBER:
        if len(raw) <= LONGEST_NUMBER and NUMBER.fullmatch(raw):
            number = float(raw)
            if math.isfinite(number):
                return Value(raw, number, "number")
        found = _read_time(raw, zone)
        if found:
            return found
    elif raw in ("true", "false"):
        return Value(raw, float(raw == "true"), "truth")
    return Value(raw, None, "text")


def _read_time(raw: str, zone: tzinfo) -> Value | None:
    try:
        if DATE.fullmatch(raw):
            return Value(raw, float((date.fromisoformat(raw) - EPOCH).days), "date")
        if MOMENT.fullmatch(raw):
            at = datetime.fromisoformat(raw)
            return Value(raw, _moment(at if at.tzinfo else at.replace(tzinfo=zone)).number, "moment")
    except (ValueError, OverflowError):
        pass
    return None


def _moment(at: datetime) -> Value:
    at = at.astimezone(UTC).replace(microsecond=0)
    return Value(at.isoformat().replace("+00:00", "Z"), at.timestamp(), "moment")


def plain_text(raw: Any) -> str:
    """A single value as text, as in ``is`` and in lists: ``true``, ``100``, ``2.5``, the text itself."""
    if isinstance(raw, str):
        return raw
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, int | float | Decimal):
        return number_text(raw)
    return json.dumps(raw, ensure_ascii=False, sort_keys=True, default=str)


def number_text(raw: int | float | Decimal) -> str:
    """``100`` for 100, 100.0 and Decimal("100.00"); ``2.5``."""
    if isinstance(raw, int):
        return str(raw)
    if raw == int(raw) and abs(float(raw)) < 1e15:
        return str(int(raw))
    return format(raw.normalize(), "f") if isinstance(raw, Decimal) else repr(raw)
