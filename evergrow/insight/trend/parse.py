"""JSON or an address → TrendQuestion, and back. Both doors lead through ``from_data``, so both name the same parts."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _

from evergrow.insight import conditions, facts
from evergrow.insight.errors import BadQuestion
from evergrow.insight.period import MOST_PERIODS, Between, Interval, Last, Range
from evergrow.insight.trend.question import (
    EVERY_EVENT,
    KIND,
    LARGEST_TOP,
    VERSION,
    Comparison,
    Measure,
    Split,
    TrendQuestion,
)

PARTS = {"kind", "version", "event", "measure", "interval", "range", "filters", "split", "compare"}
ALL_CHECKS = set(conditions.Check)
LETTERS = {"d": Interval.DAY, "w": Interval.WEEK, "m": Interval.MONTH}
LONGEST_EVENT = 200
# One value of several: quoted (a quote inside is doubled) or up to the next comma, Latin or Chinese
VALUE = re.compile(r"""(?:^|[,，])\s*(?:"(?P<quoted>(?:[^"]|"")*)"\s*(?=[,，]|\Z)|(?P<plain>[^,，]*))""")
PLAIN = re.compile(r"""[^\s,，"](?:[^,，"]*[^\s,，"])?""")

Choice = TypeVar("Choice", Measure, Interval, Comparison)


def from_data(raw: Any) -> TrendQuestion:
    """Read a question's JSON form. What is left out takes its default.

    Raises BadQuestion at the first part that cannot be understood; unknown parts are refused, never ignored.
    """
    if not isinstance(raw, Mapping):
        raise BadQuestion("question", _("A question is an object with named parts."))
    for name in raw:
        if name not in PARTS:
            raise BadQuestion(str(name)[:80], _("A trend has no such part."))
    if raw.get("kind", KIND) != KIND:
        raise BadQuestion("kind", _("This is not a trend question."))
    if raw.get("version", VERSION) != VERSION:
        raise BadQuestion("version", _("Only version %(version)s of trend questions is known.") % {"version": VERSION})
    default = TrendQuestion()
    return TrendQuestion(
        event=_event(raw.get("event", EVERY_EVENT)),
        measure=_choice(Measure, raw.get("measure", default.measure), "measure"),
        interval=_choice(Interval, raw.get("interval", default.interval), "interval"),
        range=_range(raw["range"]) if "range" in raw else default.range,
        filters=conditions.parse(raw.get("filters", []), facts.keys()),
        split=_split(raw.get("split")),
        compare=_choice(Comparison, raw.get("compare", Comparison.NONE), "compare"),
    )


def as_data(question: TrendQuestion) -> dict[str, Any]:
    """The question as JSON-ready data: what ``from_data`` reads and what is kept of a saved question."""
    asked = question.range
    days: dict[str, Any] = (
        {"last": asked.count, "unit": str(asked.unit)}
        if isinstance(asked, Last)
        else {"from": asked.first.isoformat(), "to": asked.last.isoformat()}
    )
    return {
        "kind": KIND,
        "version": VERSION,
        "event": question.event,
        "measure": str(question.measure),
        "interval": str(question.interval),
        "range": days,
        "filters": [conditions.as_data(condition) for condition in question.filters],
        "split": {"by": str(question.split.by), "top": question.split.top} if question.split else None,
        "compare": str(question.compare),
    }


def from_query(query: QueryDict) -> TrendQuestion:
    """Read the address of a trend page. Raises BadQuestion like ``from_data``."""
    return from_data(query_as_data(query))


def query_as_data(query: QueryDict) -> dict[str, Any]:
    """An address as the JSON form, unchecked. Rows of filters still without a topic or a value are left out."""
    raw: dict[str, Any] = {
        part: query[name]
        for part, name in (("event", "event"), ("measure", "measure"), ("interval", "by"), ("compare", "compare"))
        if name in query
    }
    if query.get("range") == "custom" or ("range" not in query and query.get("from")):
        raw["range"] = {"from": query.get("from", ""), "to": query.get("to", "")}
    elif query.get("range"):
        raw["range"] = _short_range(str(query["range"]))
    rows = zip(query.getlist("on"), query.getlist("is"), query.getlist("value"), strict=False)
    raw["filters"] = [
        {"on": on, "is": test, "values": _read_values(value)} for on, test, value in rows if is_asked(on, test, value)
    ]
    if query.get("split"):
        raw["split"] = {"by": query["split"], "top": query.get("top", "5")}
    return raw


def is_asked(on: str, test: str, value: str) -> bool:
    """Whether a row of the form is a filter already: it has a topic, and a value where its test needs one."""
    return bool(on) and (bool(value) or test not in ALL_CHECKS - conditions.VALUELESS)


def as_query(question: TrendQuestion, **more: str) -> str:
    """The question as the query string of its address; ``more`` adds or replaces single values."""
    pairs = {"event": question.event, "measure": str(question.measure), "by": str(question.interval)}
    asked = question.range
    if isinstance(asked, Last):
        pairs["range"] = f"{asked.count}{asked.unit[0]}"
    else:
        pairs |= {"range": "custom", "from": asked.first.isoformat(), "to": asked.last.isoformat()}
    if question.split:
        pairs |= {"split": str(question.split.by), "top": str(question.split.top)}
    if question.compare:
        pairs["compare"] = str(question.compare)
    rows = [
        pair
        for condition in question.filters
        for pair in (
            ("on", str(condition.topic)),
            ("is", str(condition.test)),
            ("value", write_values(condition.values)),
        )
    ]
    return urlencode([*(pairs | more).items(), *rows])


def write_values(values: tuple[str, ...]) -> str:
    """Several values in one field: separated by commas, quoted where one could be misread."""
    return ", ".join(value if PLAIN.fullmatch(value) else '"' + value.replace('"', '""') + '"' for value in values)


def _read_values(text: str) -> list[str]:
    if not text:
        return []
    return [
        found["quoted"].replace('""', '"') if found["quoted"] is not None else found["plain"].strip()
        for found in VALUE.finditer(text)
    ]


def _short_range(text: str) -> dict[str, Any]:
    found = re.fullmatch(r"(\d{1,5})([dwm])", text, re.ASCII)
    if not found:
        raise BadQuestion("range", _("“%(raw)s” is not a range. Use for example 30d, 12w or 6m.") % {"raw": text[:40]})
    return {"last": int(found[1]), "unit": str(LETTERS[found[2]])}


def _event(raw: Any) -> str:
    if not isinstance(raw, str) or len(raw) > LONGEST_EVENT:
        raise BadQuestion(
            "event", _("The name of an event is a text of at most %(most)s characters.") % {"most": LONGEST_EVENT}
        )
    return raw


def _choice(kind: type[Choice], raw: Any, part: str) -> Choice:
    try:
        return kind(raw)
    except ValueError:
        raise BadQuestion(
            part,
            _("“%(raw)s” is not known here. Use one of: %(known)s.")
            % {"raw": str(raw)[:80], "known": ", ".join(filter(None, kind))},
        ) from None


def _range(raw: Any) -> Range:
    if not isinstance(raw, Mapping):
        raise BadQuestion("range", _("A range has “last” and “unit”, or “from” and “to”."))
    if "last" in raw:
        count = raw["last"]
        if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= MOST_PERIODS:
            raise BadQuestion("range.last", _("Use a whole number from 1 to %(most)s.") % {"most": MOST_PERIODS})
        return Last(count, _choice(Interval, raw.get("unit", Interval.DAY), "range.unit"))
    first, last = _day(raw.get("from"), "range.from"), _day(raw.get("to"), "range.to")
    if last < first:
        raise BadQuestion("range.to", _("The range ends before it begins. Swap the two days."))
    return Between(first, last)


def _day(raw: Any, part: str) -> date:
    try:
        return date.fromisoformat(raw)
    except (TypeError, ValueError):
        raise BadQuestion(part, _("Use a day like 2026-03-25.")) from None


def _split(raw: Any) -> Split | None:
    if raw is None:
        return None
    if not isinstance(raw, Mapping):
        raise BadQuestion("split", _("A breakdown has “by” and “top”."))
    by = conditions.parse_topic(raw.get("by"), "split.by", facts.keys())
    try:
        top = int(raw.get("top", 5))
    except (TypeError, ValueError):
        top = 0
    if not 1 <= top <= LARGEST_TOP:
        raise BadQuestion("split.top", _("Show between 1 and %(most)s values.") % {"most": LARGEST_TOP})
    return Split(by, top)
