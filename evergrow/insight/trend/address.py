"""A trend question as the query string of its page, and back to its JSON form.

Series A has plain names (``event``, ``measure``), the others theirs with a letter (``event.B``). A condition is
``on``, ``is``, ``value`` and ``of``: the letter of its series, or nothing for all. Addresses of version 1 read as they
always did.
"""

from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from evergrow.insight import reading_parts
from evergrow.insight.errors import BadQuestion
from evergrow.insight.trend.question import (
    ACTIVE,
    NAMES,
    PER,
    Asked,
    Measure,
    TrendQuestion,
)

SERIES_FIELDS = (("event", "event"), ("measure", "measure"), ("statistic", "stat"), ("property", "property"))

Pair = tuple[str, str]


def as_data(query: QueryDict) -> dict[str, Any]:
    """An address as the JSON form, unchecked. Rows of filters still without a topic or a value are left out.

    Raises BadQuestion for a range or a number that is none.
    """
    raw: dict[str, Any] = {
        "version": 2,
        "series": [_series(query, name) for name in NAMES if name == "A" or f"event.{name}" in query],
        "formulas": _formulas(query),
        "filters": _rows(query, ""),
        "cumulative": query.get("cumulative", "") not in ("", "0"),
    }
    raw |= {part: query[name] for part, name in (("interval", "by"), ("compare", "compare")) if name in query}
    if (asked := reading_parts.days_asked(query)) is not None:
        raw["range"] = asked
    if topics := [topic for topic in query.getlist("split") if topic]:
        raw["split"] = {"by": topics, "top": query.get("top", "5")}
    if query.get("smooth"):
        raw["smoothing"] = _number(str(query["smooth"]), "smoothing")
    return raw


def suffix(name: str) -> str:
    """What follows the names of a series' own fields: nothing for A."""
    return "" if name == "A" else f".{name}"


def _series(query: QueryDict, name: str) -> dict[str, Any]:
    end = suffix(name)
    found: dict[str, Any] = {part: query[field + end] for part, field in SERIES_FIELDS if query.get(field + end)}
    if query.get(f"days{end}"):
        found["days"] = _number(str(query[f"days{end}"]), f"series.{NAMES.index(name)}.days")
    return found | {"filters": _rows(query, name)}


def _formulas(query: QueryDict) -> list[dict[str, Any]]:
    texts, names = query.getlist("formula"), query.getlist("formula_name")
    units = query.getlist("formula_unit")
    found = []
    for place, text in enumerate(texts):
        if text.strip():
            name = names[place] if place < len(names) else ""
            unit = units[place] if place < len(units) else "number"
            found.append({"text": text, "name": name, "unit": unit})
    return found


def _rows(query: QueryDict, name: str) -> list[dict[str, Any]]:
    """The conditions of a series; of all for ""."""
    return [
        {"on": on, "is": test, "values": reading_parts.values(value)}
        for of, on, test, value in rows(query)
        if of == name and reading_parts.is_asked(on, test, value)
    ]


def rows(query: QueryDict) -> list[tuple[str, str, str, str]]:
    """Every row of conditions as it was typed: of which series, topic, test, value."""
    of = query.getlist("of")
    typed = zip(query.getlist("on"), query.getlist("is"), query.getlist("value"), strict=False)
    return [(of[place] if place < len(of) else "", *each) for place, each in enumerate(typed)]


def as_query(question: TrendQuestion, **more: str) -> str:
    """The question as the query string of its address; ``more`` adds or replaces single values."""
    pairs: list[Pair] = list(_asked(question.first, "A"))
    pairs.append(("by", str(question.interval)))
    pairs += reading_parts.days_pairs(question.range).items()
    if question.split:
        pairs += [("split", str(topic)) for topic in question.split.by]
        pairs.append(("top", str(question.split.top)))
    if question.compare:
        pairs.append(("compare", str(question.compare)))
    pairs += [pair for name, each in zip(NAMES[1:], question.series[1:], strict=False) for pair in _asked(each, name)]
    for formula in question.formulas:
        named = [("formula_name", formula.name), ("formula_unit", str(formula.unit))]
        pairs += [("formula", formula.text), *named]
    if question.is_cumulative:
        pairs.append(("cumulative", "1"))
    if question.smoothing:
        pairs.append(("smooth", str(question.smoothing)))
    pairs += _condition_pairs(question)
    kept = [(name, value) for name, value in pairs if name not in more]
    return urlencode([*kept, *more.items()])


def _asked(asked: Asked, name: str) -> list[Pair]:
    end = suffix(name)
    found = [(f"event{end}", asked.event), (f"measure{end}", str(asked.measure))]
    if asked.measure in ACTIVE:
        found.append((f"days{end}", str(asked.days)))
    if asked.measure in PER or asked.measure is Measure.PROPERTY:
        found.append((f"stat{end}", str(asked.statistic)))
    if asked.measure is Measure.PROPERTY:
        found.append((f"property{end}", asked.property))
    return found


def _condition_pairs(question: TrendQuestion) -> list[Pair]:
    found = [("", condition) for condition in question.filters]
    for name, asked in zip(NAMES, question.series, strict=False):
        found += [(name, condition) for condition in asked.filters]
    has_own = len(found) > len(question.filters)
    pairs: list[Pair] = []
    for of, each in found:
        pairs += [("on", str(each.topic)), ("is", str(each.test)), ("value", reading_parts.write_values(each.values))]
        pairs += [("of", of)] if has_own else []
    return pairs


def _number(text: str, part: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 6):
        raise BadQuestion(part, _("“%(raw)s” is not a whole number.") % {"raw": text[:40]})
    return int(text)
