"""Comparisons with a value, in two forms that say the same: a condition in SQL and a Python predicate.

Positive comparisons need a value; the negative ones (``is_not``, ``not_contains``, ``has_none``) are the exact opposite
of a positive one and so keep what has no value. Texts are compared exactly by ``is``, without regard to case by
``contains``, ``starts_with`` and ``ends_with``.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from evergrow.customers.criteria.bound import Bound
from evergrow.customers.criteria.tree import Test
from evergrow.customers.criteria.values import EPOCH, Value, plain_text
from evergrow.customers.criteria.windows import DAY, Now, Span, day_of, first_of_last, moved, number_of, start_of

POSITIVE_OF = {"is_not": "is", "not_contains": "contains", "has_none": "has_any"}
TEXT = ("is", "is_not", "contains", "not_contains", "starts_with", "ends_with", "matches")
NUMERIC = ("over", "at_least", "under", "at_most")
SIGNS = {"over": ">", "at_least": ">=", "under": "<", "at_most": "<="}
LISTS = ("has_any", "has_all", "has_none")
DATES = ("before", "after", "on", "in_last", "in_next", "anniversary_in")
ALL_OPS = (*TEXT, *NUMERIC, "between", *DATES, "is_set", *LISTS)
PROPERTY_OPS = (*TEXT, *NUMERIC, "between", "is_set")
MIDNIGHT = datetime(1970, 1, 1, tzinfo=UTC)
FAR = 1 << 40  # seconds, later than any moment

Predicate = Callable[[Value | None], bool]


@dataclass(frozen=True, slots=True)
class Columns:
    """SQL expressions of a value's parts. ``is_number`` is a condition; ``type`` a column, "" where there is none."""

    text: str
    number: str
    is_number: str
    type: str = ""


TRAIT = Columns("text", "number", "type = 'number'", "type")


def is_negative(test: Test) -> bool:
    return test.op in POSITIVE_OF or (test.op == "is_set" and not test.values[0])


def positive(test: Test) -> Test:
    """The comparison whose opposite a negative one is; a positive one itself."""
    if test.op == "is_set":
        return Test("is_set", (True,))
    return Test(POSITIVE_OF.get(test.op, test.op), test.values)


def keeps_unset(test: Test) -> bool:
    """Whether what has no value passes."""
    return is_negative(test) if test.unset is None else test.unset


def is_of_days(test: Test) -> bool:
    """Whether the comparison is between days, not numbers."""
    return test.op in DATES or (test.op == "between" and not isinstance(test.values[0], int | float))


def days_of(test: Test, now: Now) -> tuple[int | None, int | None]:
    """First and last day (since 1970) that a comparison of days means now, both counted; ``None`` is an open end."""
    value = test.values[0]
    today = number_of(now.today)
    match test.op:
        case "before":
            return None, number_of(day_of(now, value)) - 1
        case "after":
            return number_of(day_of(now, value)) + 1, None
        case "on":
            return number_of(day_of(now, value)), number_of(day_of(now, value))
        case "between":
            return number_of(day_of(now, value)), number_of(day_of(now, test.values[1]))
        case "in_last":
            return number_of(first_of_last(now, value)), today
        case _:
            return today, number_of(moved(now, value.n, value.unit))


def anniversaries(now: Now, span: Span) -> dict[int, int]:
    """Month and day (315 for 15 March) of the days from today on, with their year. 29 February falls on the 28th."""
    found: dict[int, int] = {}
    day, last = now.today, moved(now, span.n, span.unit)
    while day <= last and len(found) < 366:
        found.setdefault(day.month * 100 + day.day, day.year)
        if (day.month, day.day) == (2, 28) and (day + DAY).month == 3:
            found.setdefault(229, day.year)
        day += DAY
    return found


def sql(test: Test, columns: Columns, bound: Bound, now: Now) -> str:
    """The condition of a positive comparison on rows that have a value; never NULL."""
    text = columns.text
    if is_of_days(test):
        return _sql_of_days(test, bound, now)
    match test.op:
        case "is_set":
            return "1"
        case "is":
            return _sql_is(test, columns, bound)
        case "contains" | "starts_with" | "ends_with":
            needles = bound.add("texts", "Array(String)", [plain_text(value).lower() for value in test.values])
            function = {"contains": "position", "starts_with": "startsWith", "ends_with": "endsWith"}[test.op]
            return f"arrayExists(needle -> {function}(lowerUTF8({text}), needle) > 0, {needles})"
        case "matches":
            return f"match({text}, {bound.add('pattern', 'String', test.values[0])})"
        case "between":
            low, high = (bound.add("number", "Float64", float(value)) for value in test.values)
            return f"ifNull({columns.is_number} AND {columns.number} BETWEEN {low} AND {high}, 0)"
        case "has_any" | "has_all":
            wanted = bound.add("texts", "Array(String)", [plain_text(value) for value in test.values])
            function = "hasAny" if test.op == "has_any" else "hasAll"
            return f"{function}(if(type = 'list', JSONExtract({text}, 'Array(String)'), [{text}]), {wanted})"
        case _:
            limit = bound.add("number", "Float64", float(test.values[0]))
            return f"ifNull({columns.is_number} AND {columns.number} {SIGNS[test.op]} {limit}, 0)"


def _sql_is(test: Test, columns: Columns, bound: Bound) -> str:
    texts = bound.add("texts", "Array(String)", [plain_text(value) for value in test.values])
    numbers = _numbers(test)
    if not numbers:
        return f"{columns.text} IN {texts}"
    mark = bound.add("numbers", "Array(Float64)", numbers)
    return f"({columns.text} IN {texts} OR ifNull({columns.is_number} AND {columns.number} IN {mark}, 0))"


def _numbers(test: Test) -> list[float]:
    return [float(value) for value in test.values if isinstance(value, int | float) and not isinstance(value, bool)]


def _sql_of_days(test: Test, bound: Bound, now: Now) -> str:
    if test.op == "anniversary_in":
        found = anniversaries(now, test.values[0])
        zone = bound.add("zone", "String", now.zone.key)
        day = f"if(type = 'date', toDate32(toInt32(number)), toDate32(toDateTime64(number, 0, {zone})))"
        keys = bound.add("keys", "Array(UInt16)", list(found))
        years = bound.add("years", "Array(UInt16)", list(found.values()))
        place = f"transform(toUInt16(toMonth({day}) * 100 + toDayOfMonth({day})), {keys}, {years}, toUInt16(0))"
        return f"ifNull(type IN ('date', 'moment') AND {place} > toYear({day}), 0)"
    first, last = days_of(test, now)
    parts = []
    for kind, (low, high) in {"date": (first, last), "moment": seconds_of(first, last, now.zone)}.items():
        limits = [f"type = '{kind}'"]
        if low is not None:
            limits.append(f"number >= {bound.add('day', 'Float64', low)}")
        if high is not None:
            limits.append(f"number <= {bound.add('day', 'Float64', high)}")
        parts.append(" AND ".join(limits))
    return f"ifNull(({parts[0]}) OR ({parts[1]}), 0)"


def seconds_of(first: int | None, last: int | None, zone: ZoneInfo) -> tuple[int | None, int | None]:
    """The first and last second of days in a zone."""
    return (
        None if first is None else start_of(first, zone),
        None if last is None else start_of(last + 1, zone) - 1,
    )


def predicate(test: Test, now: Now) -> Predicate:
    """Whether a value, or none, passes: negation and the rule for what has no value included."""
    check, unset = _positive(positive(test), now), keeps_unset(test)
    if is_negative(test):
        return lambda value: unset if value is None else not check(value)
    return lambda value: unset if value is None else check(value)


def _positive(test: Test, now: Now) -> Callable[[Value], bool]:
    if is_of_days(test):
        return _anniversary(test, now) if test.op == "anniversary_in" else _in_days(test, now)
    match test.op:
        case "is_set":
            return lambda _value: True
        case "is":
            return _is(test)
        case "contains" | "starts_with" | "ends_with":
            return _text(test)
        case "matches":
            pattern = python_pattern(test.values[0])
            return lambda value: pattern.search(value.text) is not None
        case "has_any" | "has_all":
            wanted = {plain_text(value) for value in test.values}
            if test.op == "has_any":
                return lambda value: not wanted.isdisjoint(_parts(value))
            return lambda value: wanted.issubset(_parts(value))
        case _:
            return _number(test)


def _is(test: Test) -> Callable[[Value], bool]:
    texts, numbers = {plain_text(value) for value in test.values}, set(_numbers(test))
    if not numbers:
        return lambda value: value.text in texts
    return lambda value: value.text in texts or (value.type == "number" and value.number in numbers)


def _text(test: Test) -> Callable[[Value], bool]:
    needles = tuple(plain_text(value).lower() for value in test.values)
    if test.op == "starts_with":
        return lambda value: value.text.lower().startswith(needles)
    if test.op == "ends_with":
        return lambda value: value.text.lower().endswith(needles)

    def contains(value: Value) -> bool:
        text = value.text.lower()
        return any(needle in text for needle in needles)

    return contains


def _number(test: Test) -> Callable[[Value], bool]:
    if test.op == "between":
        low, high = float(test.values[0]), float(test.values[1])
        return lambda value: value.type == "number" and low <= (value.number or 0.0) <= high
    limit = float(test.values[0])
    compare: Callable[[float], bool] = {
        "over": limit.__lt__,
        "at_least": limit.__le__,
        "under": limit.__gt__,
        "at_most": limit.__ge__,
    }[test.op]
    return lambda value: value.type == "number" and compare(value.number or 0.0)


def _in_days(test: Test, now: Now) -> Callable[[Value], bool]:
    first, last = days_of(test, now)
    since, until = seconds_of(first, last, now.zone)
    days = (-FAR if first is None else first, FAR if last is None else last)
    seconds = (-FAR if since is None else since, FAR if until is None else until)

    def check(value: Value) -> bool:
        if value.number is None or value.type not in ("date", "moment"):
            return False
        low, high = days if value.type == "date" else seconds
        return low <= value.number <= high

    return check


def _anniversary(test: Test, now: Now) -> Callable[[Value], bool]:
    found = anniversaries(now, test.values[0])

    def check(value: Value) -> bool:
        day = value_day(value, now.zone)
        return day is not None and found.get(day.month * 100 + day.day, 0) > day.year

    return check


def value_day(value: Value, zone: ZoneInfo) -> date | None:
    """The day that a date or a moment is in a zone; ``None`` for anything else."""
    if value.number is None or value.type not in ("date", "moment"):
        return None
    if value.type == "date":
        return EPOCH + timedelta(days=int(value.number))
    return (MIDNIGHT + timedelta(seconds=value.number)).astimezone(zone).date()


def _parts(value: Value) -> list[str]:
    return json.loads(value.text) if value.type == "list" else [value.text]


@lru_cache(maxsize=500)
def python_pattern(pattern: str) -> re.Pattern[str]:
    """A pattern as Python finds what the event store finds: ASCII classes, ``.`` any character, ``$`` the very end."""
    return re.compile(_with_strict_end(pattern), re.ASCII | re.DOTALL)


def _with_strict_end(pattern: str) -> str:
    out, is_escaped, in_class = [], False, False
    for character in pattern:
        if character == "$" and not is_escaped and not in_class:
            out.append(r"\Z")
            continue
        if not is_escaped:
            in_class = character == "[" or (in_class and character != "]")
        is_escaped = character == "\\" and not is_escaped
        out.append(character)
    return "".join(out)
