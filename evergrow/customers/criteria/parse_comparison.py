"""JSON → a comparison: ``{"is": ["Pro"]}``, ``{"before": {"ago": 30, "unit": "days"}}``."""

import math
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from evergrow.customers.criteria import comparison, limits
from evergrow.customers.criteria.errors import CriteriaError
from evergrow.customers.criteria.tree import Test
from evergrow.customers.criteria.values import NUMBER
from evergrow.customers.criteria.windows import DayRef, Relative, Span

UNWRITABLE = re.compile("[\0\ud800-\udfff]")
LARGEST = 1e300
UNITS = ("days", "working_days", "weeks", "months")
# What Python and the event store read differently, or the store not at all
UNSHARED = re.compile(r"\(\?(?![:ims)])|\(\?[ims]*[^ims:)]|[*+?}]\+|\\[1-9pPQECzZXRKkghHG]|\[\[?:")


def parse_trait_name(raw: Any, part: str) -> str:
    """A trait's name. Raises CriteriaError."""
    if not is_text(raw) or not raw.strip():
        raise CriteriaError(part, _("Choose a trait."))
    return str(raw)


def is_text(raw: Any, longest: int = limits.LONGEST_TEXT) -> bool:
    """Whether it is a text of some characters that both stores can hold."""
    return isinstance(raw, str) and 0 < len(raw) <= longest and not UNWRITABLE.search(raw)


def parse_test(raw: Mapping[str, Any], part: str, known: Sequence[str] = comparison.ALL_OPS) -> Test:
    """The one comparison in ``raw``, with ``or_unset`` or ``and_set``. Raises CriteriaError."""
    ops = [key for key in raw if key not in ("or_unset", "and_set")]
    if len(ops) != 1 or ops[0] not in known:
        wrong = next((key for key in ops if key not in known), None)
        if wrong is not None:
            sentence = _("“%(key)s” is not a comparison. Use one of: %(known)s.")
            raise CriteriaError(_at(part, wrong), sentence % {"key": wrong[:80], "known": ", ".join(known)})
        sentence = _("Say exactly one comparison. Known: %(known)s.")
        raise CriteriaError(part, sentence % {"known": ", ".join(known)})
    op = ops[0]
    return Test(op, _values(op, raw[op], _at(part, op)), _unset(raw, part))


def _unset(raw: Mapping[str, Any], part: str) -> bool | None:
    for key in ("or_unset", "and_set"):
        if key in raw and not isinstance(raw[key], bool):
            raise CriteriaError(_at(part, key), _("Say true or false."))
    if raw.get("or_unset") and raw.get("and_set"):
        raise CriteriaError(part, _("“or_unset” and “and_set” exclude each other. Keep one."))
    return True if raw.get("or_unset") else False if raw.get("and_set") else None


def _values(op: str, raw: Any, part: str) -> tuple[Any, ...]:
    if op == "is_set":
        if not isinstance(raw, bool):
            raise CriteriaError(part, _("Say true (has a value) or false (has none)."))
        return (raw,)
    if op == "matches":
        return (_pattern(raw, part),)
    if op in comparison.NUMERIC:
        return (number(raw, part),)
    if op == "between":
        return _between(raw, part)
    if op in ("before", "after", "on"):
        return (day_ref(raw, part),)
    if op in ("in_last", "in_next", "anniversary_in"):
        return (span(raw, part),)
    return _list(raw, part)


def _list(raw: Any, part: str) -> tuple[Any, ...]:
    values = raw if isinstance(raw, list) else [raw]
    if not values:
        raise CriteriaError(part, _("Say which value to look for."))
    if len(values) > limits.MOST_VALUES:
        sentence = _("At most %(most)s values. For more, upload a static segment.")
        raise CriteriaError(part, sentence % {"most": limits.MOST_VALUES})
    for place, value in enumerate(values):
        if not isinstance(value, str | int | float | bool) or (isinstance(value, float) and not math.isfinite(value)):
            raise CriteriaError(_at(part, place), _("A value is a text, a number, or true or false."))
        if isinstance(value, int) and abs(value) > LARGEST:
            raise CriteriaError(_at(part, place), _("This number is too large."))
        if isinstance(value, str) and not is_text(value):
            sentence = _("A text has 1 to %(most)s characters. To ask for what has no value, use “is_set”: false.")
            raise CriteriaError(_at(part, place), sentence % {"most": limits.LONGEST_TEXT})
    return tuple(dict.fromkeys(values))


def _between(raw: Any, part: str) -> tuple[Any, ...]:
    if not isinstance(raw, list) or len(raw) != 2:
        raise CriteriaError(part, _("“between” takes two values, for example [10, 20] or two days."))
    if all(isinstance(value, int | float) or (isinstance(value, str) and NUMBER.fullmatch(value)) for value in raw):
        low, high = number(raw[0], _at(part, 0)), number(raw[1], _at(part, 1))
        if low > high:
            raise CriteriaError(part, _("The first value is greater than the second. Swap them."))
        return low, high
    first, last = day_ref(raw[0], _at(part, 0)), day_ref(raw[1], _at(part, 1))
    if isinstance(first, date) and isinstance(last, date) and first > last:
        raise CriteriaError(part, _("The first day lies after the second. Swap them."))
    return first, last


def number(raw: Any, part: str) -> float:
    """A finite number, also as text. Raises CriteriaError."""
    if isinstance(raw, str) and NUMBER.fullmatch(raw.strip()):
        raw = float(raw)
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not -LARGEST < raw < LARGEST:
        raise CriteriaError(part, _("This needs a number, for example 100 or 2.5."))
    return int(raw) if raw == int(raw) and abs(raw) < 1e15 else float(raw)


def day_ref(raw: Any, part: str) -> DayRef:
    """``"2026-03-01"``, ``{"ago": 30, "unit": "days"}`` or ``{"ahead": 90}``. Raises CriteriaError."""
    if isinstance(raw, str):
        try:
            day = date.fromisoformat(raw)
        except ValueError:
            day = None
        if day is not None:
            return _in_calendar(day, part)
    if not isinstance(raw, Mapping) or ("ago" in raw) == ("ahead" in raw) or set(raw) - {"ago", "ahead", "unit"}:
        sentence = _("A day is written 2026-03-01, {“ago”: 30, “unit”: “days”} or {“ahead”: 90, “unit”: “days”}.")
        raise CriteriaError(part, sentence)
    way = "ago" if "ago" in raw else "ahead"
    unit = raw.get("unit", "days")
    if unit not in UNITS:
        sentence = _("“%(unit)s” is not a unit here. Use one of: %(known)s.")
        raise CriteriaError(_at(part, "unit"), sentence % {"unit": str(unit)[:80], "known": ", ".join(UNITS)})
    return Relative(count(raw[way], _at(part, way), unit, least=0), unit, way == "ahead")


def _in_calendar(day: date, part: str) -> date:
    if not 1900 <= day.year <= 2200:
        raise CriteriaError(part, _("Choose a day between the years 1900 and 2200."))
    return day


def span(raw: Any, part: str, units: Sequence[str] = UNITS) -> Span:
    """``{"days": 30}`` → Span. Raises CriteriaError."""
    if not isinstance(raw, Mapping) or len(raw) != 1 or next(iter(raw)) not in units:
        sentence = _("A length of time is written {“days”: 30}; units are: %(known)s.")
        wrong = next((key for key in raw if key not in units), None) if isinstance(raw, Mapping) else None
        raise CriteriaError(_at(part, wrong) if wrong else part, sentence % {"known": ", ".join(units)})
    unit, value = next(iter(raw.items()))
    return Span(count(value, _at(part, unit), unit), unit)


def count(raw: Any, part: str, unit: str, least: int = 1) -> int:
    """A whole number of units. Raises CriteriaError."""
    most = limits.MOST_OF[unit]
    if isinstance(raw, bool) or not isinstance(raw, int) or not least <= raw <= most:
        sentence = _("This needs a whole number from %(least)s to %(most)s.")
        raise CriteriaError(part, sentence % {"least": least, "most": most})
    return raw


def _pattern(raw: Any, part: str) -> str:
    if not is_text(raw, limits.LONGEST_PATTERN):
        sentence = _("A pattern is a text of at most %(most)s characters.")
        raise CriteriaError(part, sentence % {"most": limits.LONGEST_PATTERN})
    if UNSHARED.search(raw) or any(int(found) > 1000 for found in re.findall(r"\{,?(\d+)", raw)):
        sentence = _("Patterns are RE2: without look-ahead, back references and named groups. Write it more simply.")
        raise CriteriaError(part, sentence)
    try:
        comparison.python_pattern(raw)
    except (re.error, RecursionError, OverflowError) as error:
        sentence = _("This pattern cannot be read: %(reason)s.")
        raise CriteriaError(part, sentence % {"reason": error}) from None
    return str(raw)


def _at(part: str, piece: str | int) -> str:
    return f"{part}.{piece}" if part else str(piece)
