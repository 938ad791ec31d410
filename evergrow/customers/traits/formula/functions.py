"""What a formula can do: each function in Python and in SQL, which agree.

A missing value makes the result missing, with these exceptions: ``coalesce`` takes the first that is there, ``min`` and
``max`` leave missing ones out, ``is_set`` asks whether there is one, and a missing truth counts as false in ``if``,
``and``, ``or`` and ``not``. What divides by zero is missing.
"""

import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from evergrow.customers.criteria.values import EPOCH, number_text
from evergrow.customers.traits.formula.tree import Type

NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
Sql = Callable[..., str]


@dataclass(frozen=True, slots=True)
class Function:
    """``takes`` are the types of its arguments (one list for each; the last repeats where ``is_open``).

    ``least`` is how many it needs. ``gives`` is the type of the result; "" means that of its first argument.
    """

    takes: tuple[tuple[Type, ...], ...]
    gives: Type | str
    python: Callable[..., Any]
    sql: Sql
    least: int = -1
    is_open: bool = False
    takes_missing: bool = False
    example: str = ""

    @property
    def needs(self) -> int:
        return len(self.takes) if self.least < 0 else self.least


ANY: tuple[Type, ...] = ("number", "text", "truth", "day", "moment", "list")
N: tuple[Type, ...] = ("number",)
T: tuple[Type, ...] = ("text",)
TRUTH: tuple[Type, ...] = ("truth",)
TIME: tuple[Type, ...] = ("day", "moment")
ORDERED: tuple[Type, ...] = ("number", "day", "moment", "text")


def _divide(a: float, b: float) -> float | None:
    return None if b == 0 else a / b


def _round(a: float, places: float = 0) -> float:
    """Half away from zero, the same steps as in SQL so that both agree to the last bit."""
    scale = 10.0 ** int(places)
    return math.copysign(math.floor(abs(a) * scale + 0.5) / scale, a) if a else 0.0


def _round_sql(a: str, places: str = "0") -> str:
    scale = f"pow(10., toInt32({places}))"
    return f"(if({a} < 0, -1., 1.) * (floor(abs({a}) * {scale} + 0.5) / {scale}))"


def _to_number(text: str) -> float | None:
    return float(text) if len(text) <= 32 and re.match(NUMBER, text, re.ASCII) else None


def _to_text(a: float) -> str:
    return number_text(a)


def _compare(sign: str) -> Sql:
    return lambda a, b: f"({a} {sign} {b})"


def _call(name: str) -> Sql:
    return lambda *args: f"{name}({', '.join(args)})"


def _present(values: Sequence[Any]) -> list[Any]:
    return [value for value in values if value is not None]


def _is(value: str) -> str:
    return f"ifNull({value}, 0)"


def _list(raw: str) -> list[str]:
    return list(json.loads(raw))


def _list_sql(text: str) -> str:
    return f"JSONExtract(assumeNotNull({text}), 'Array(String)')"


def _kept(text: str, result: str) -> str:
    return f"if(isNull({text}), NULL, {result})"


FUNCTIONS: dict[str, Function] = {
    "+": Function((N, N), "number", lambda a, b: a + b, lambda a, b: f"({a} + {b})"),
    "-": Function((N, N), "number", lambda a, b: a - b, lambda a, b: f"({a} - {b})"),
    "*": Function((N, N), "number", lambda a, b: a * b, lambda a, b: f"({a} * {b})"),
    "/": Function((N, N), "number", _divide, lambda a, b: f"({a} / nullIf({b}, 0))"),
    "negate": Function((N,), "number", lambda a: -a, lambda a: f"(-{a})"),
    "=": Function((ANY, ANY), "truth", lambda a, b: a == b, _compare("=")),
    "!=": Function((ANY, ANY), "truth", lambda a, b: a != b, _compare("!=")),
    "<": Function((ORDERED, ORDERED), "truth", lambda a, b: a < b, _compare("<")),
    "<=": Function((ORDERED, ORDERED), "truth", lambda a, b: a <= b, _compare("<=")),
    ">": Function((ORDERED, ORDERED), "truth", lambda a, b: a > b, _compare(">")),
    ">=": Function((ORDERED, ORDERED), "truth", lambda a, b: a >= b, _compare(">=")),
    "and": Function(
        (TRUTH, TRUTH),
        "truth",
        lambda a, b: bool(a) and bool(b),
        lambda a, b: f"({_is(a)} AND {_is(b)})",
        takes_missing=True,
    ),
    "or": Function(
        (TRUTH, TRUTH),
        "truth",
        lambda a, b: bool(a) or bool(b),
        lambda a, b: f"({_is(a)} OR {_is(b)})",
        takes_missing=True,
    ),
    "not": Function((TRUTH,), "truth", lambda a: not a, lambda a: f"(NOT {_is(a)})", takes_missing=True),
    "if": Function(
        (TRUTH, ANY, ANY),
        "second",
        lambda condition, yes, no: yes if condition else no,
        lambda condition, yes, no: f"if({_is(condition)}, {yes}, {no})",
        takes_missing=True,
        example='if(mrr > 1000, "large", "small")',
    ),
    "coalesce": Function(
        (ANY, ANY),
        "",
        lambda *values: next(iter(_present(values)), None),
        _call("coalesce"),
        is_open=True,
        takes_missing=True,
        example="coalesce(seats, 1)",
    ),
    "is_set": Function(
        (ANY,),
        "truth",
        lambda a: a is not None,
        lambda a: f"isNotNull({a})",
        takes_missing=True,
        example="is_set(phone)",
    ),
    "min": Function(
        (ORDERED, ORDERED),
        "",
        lambda *values: min(_present(values), default=None),
        lambda *args: f"arrayReduce('minOrNull', [{', '.join(args)}])",
        is_open=True,
        takes_missing=True,
        example="min(seats, 100)",
    ),
    "max": Function(
        (ORDERED, ORDERED),
        "",
        lambda *values: max(_present(values), default=None),
        lambda *args: f"arrayReduce('maxOrNull', [{', '.join(args)}])",
        is_open=True,
        takes_missing=True,
        example="max(mrr, 0)",
    ),
    "round": Function((N, N), "number", _round, _round_sql, least=1, example="round(mrr / seats, 2)"),
    "floor": Function((N,), "number", lambda a: float(math.floor(a)), _call("floor"), example="floor(mrr)"),
    "ceil": Function((N,), "number", lambda a: float(math.ceil(a)), _call("ceil"), example="ceil(mrr)"),
    "abs": Function((N,), "number", abs, _call("abs"), example="abs(mrr - 100)"),
    "lower": Function((T,), "text", str.lower, _call("lowerUTF8"), example="lower(plan)"),
    "upper": Function((T,), "text", str.upper, _call("upperUTF8"), example="upper(country)"),
    "trim": Function((T,), "text", lambda a: a.strip(" "), _call("trimBoth"), example="trim(title)"),
    "length": Function(
        (T,), "number", lambda a: float(len(a)), lambda a: f"toFloat64(lengthUTF8({a}))", example="length(name)"
    ),
    "concat": Function(
        (T, T), "text", lambda *parts: "".join(parts), _call("concat"), is_open=True, example='concat(name, " ", title)'
    ),
    "contains": Function(
        (("text", "list"), T),
        "truth",
        lambda a, b: b in a,
        lambda a, b: f"(position({a}, {b}) > 0)",
        example='contains(email, "@example.com")',
    ),
    "starts_with": Function((T, T), "truth", str.startswith, _call("startsWith"), example='starts_with(phone, "+86")'),
    "ends_with": Function((T, T), "truth", str.endswith, _call("endsWith"), example='ends_with(domain, ".cn")'),
    "size": Function(
        (("list",),),
        "number",
        lambda a: float(len(a)),
        lambda a: _kept(a, f"toFloat64(length({_list_sql(a)}))"),
        example="size(tags)",
    ),
    "number": Function(
        (T,),
        "number",
        _to_number,
        lambda a: f"if(match({a}, '{NUMBER.replace(chr(92), chr(92) * 2)}'), toFloat64OrNull({a}), NULL)",
        example="number(score)",
    ),
    "text": Function(
        (N,),
        "text",
        _to_text,
        lambda a: f"if({a} = floor({a}) AND abs({a}) < 1e15, toString(toInt64({a})), toString({a}))",
        example="text(seats)",
    ),
    "days_between": Function(
        (TIME, TIME),
        "number",
        lambda a, b: float(b - a),
        lambda a, b: f"({b} - {a})",
        example="days_between(signed_up_on, today())",
    ),
    "year": Function(
        (TIME,),
        "number",
        lambda a: float((EPOCH + timedelta(days=int(a))).year),
        lambda a: f"toFloat64(toYear(toDate32(toInt32({a}))))",
        example="year(signed_up_on)",
    ),
    "month": Function(
        (TIME,),
        "number",
        lambda a: float((EPOCH + timedelta(days=int(a))).month),
        lambda a: f"toFloat64(toMonth(toDate32(toInt32({a}))))",
        example="month(signed_up_on)",
    ),
    # Put in by the check, not written by anybody
    "add_days": Function((("day",), N), "day", lambda a, b: a + b, lambda a, b: f"({a} + {b})"),
    "list_contains": Function(
        (("list",), T),
        "truth",
        lambda a, b: b in a,
        lambda a, b: _kept(a, f"has({_list_sql(a)}, {b})"),
    ),
}
INTERNAL = frozenset(("negate", "add_days", "list_contains", "day_of"))
AS_DAYS = frozenset(("days_between", "year", "month"))


@dataclass(frozen=True, slots=True)
class Now:
    """The moment a formula is computed at, and the zone that days are counted in."""

    moment: datetime
    zone: ZoneInfo
    names: tuple[str, ...] = field(default=("today", "now"))

    @property
    def today(self) -> float:
        return float((self.moment.astimezone(self.zone).date() - EPOCH).days)

    @property
    def seconds(self) -> float:
        return float(math.floor(self.moment.timestamp()))

    def day_of(self, seconds: float) -> float:
        """The day of a moment, as days since 1970."""
        when: date = datetime.fromtimestamp(seconds, UTC).astimezone(self.zone).date()
        return float((when - EPOCH).days)
