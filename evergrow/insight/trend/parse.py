"""JSON → TrendQuestion, and back. Addresses (``address``) lead through ``from_data`` too, so both name the same parts.

Version 2 has series, formulas, breakdowns by several topics, running totals and moving averages. Version 1 had one
event and one measure; it is still read, as a question of one series, and means the same.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from evergrow.insight import conditions, facts
from evergrow.insight.errors import BadQuestion
from evergrow.insight.period import MOST_PERIODS, WHOLE_DAYS, Between, Interval, Last, Range
from evergrow.insight.trend import address, parse_series
from evergrow.insight.trend.address import as_query as as_query
from evergrow.insight.trend.address import is_asked as is_asked
from evergrow.insight.trend.address import write_values as write_values
from evergrow.insight.trend.parse_series import choice
from evergrow.insight.trend.question import (
    KIND,
    LARGEST_TOP,
    LONGEST_SMOOTHING,
    MOST_SPLITS,
    VERSION,
    Asked,
    Breakdown,
    Comparison,
    Measure,
    TrendQuestion,
)

COMMON = {"kind", "version", "interval", "range", "filters", "split", "compare"}
PARTS = {1: COMMON | {"event", "measure"}, 2: COMMON | {"series", "formulas", "cumulative", "smoothing"}}
NEW_PARTS = PARTS[2] - PARTS[1]
FIRST_INTERVALS = (Interval.DAY, Interval.WEEK, Interval.MONTH)
FIRST_MEASURES = (Measure.COUNT, Measure.ACCOUNTS, Measure.PEOPLE)
DEFAULT = TrendQuestion()


def from_data(raw: Any) -> TrendQuestion:
    """Read a question's JSON form, of either version. What is left out takes its default.

    Raises BadQuestion at the first part that cannot be understood; unknown parts are refused, never ignored.
    """
    version = _version(raw)
    question = TrendQuestion(
        series=_series(raw, version),
        formulas=parse_series.formulas(raw.get("formulas", [])),
        interval=_interval(raw.get("interval", DEFAULT.interval), version),
        range=_range(raw["range"]) if "range" in raw else DEFAULT.range,
        filters=conditions.parse(raw.get("filters", []), facts.keys()),
        split=_split(raw.get("split"), version),
        compare=choice(Comparison, raw.get("compare", Comparison.NONE), "compare"),
        is_cumulative=_truth(raw.get("cumulative", False), "cumulative"),
        smoothing=_smoothing(raw.get("smoothing", 0)),
    )
    parse_series.check(question)
    return question


def as_data(question: TrendQuestion) -> dict[str, Any]:
    """The question as JSON-ready data: what ``from_data`` reads and what is kept of a saved question."""
    asked, split = question.range, question.split
    days: dict[str, Any] = (
        {"last": asked.count, "unit": str(asked.unit)}
        if isinstance(asked, Last)
        else {"from": asked.first.isoformat(), "to": asked.last.isoformat()}
    )
    return {
        "kind": KIND,
        "version": VERSION,
        "series": [parse_series.as_data(each) for each in question.series],
        "formulas": [{"text": each.text, "name": each.name, "unit": str(each.unit)} for each in question.formulas],
        "interval": str(question.interval),
        "range": days,
        "filters": [conditions.as_data(condition) for condition in question.filters],
        "split": {"by": [str(topic) for topic in split.by], "top": split.top} if split else None,
        "compare": str(question.compare),
        "cumulative": question.is_cumulative,
        "smoothing": question.smoothing,
    }


def from_query(query: QueryDict) -> TrendQuestion:
    """Read the address of a trend page. Raises BadQuestion like ``from_data``."""
    return from_data(address.as_data(query))


def _version(raw: Any) -> int:
    """The version of a form: as it says, else the newest where it has a part that only that has."""
    if not isinstance(raw, Mapping):
        raise BadQuestion("question", _("A question is an object with named parts."))
    version = raw.get("version", 2 if NEW_PARTS.intersection(raw) else 1)
    if version not in (1, 2) or isinstance(version, bool):
        raise BadQuestion("version", _("Only versions 1 and 2 of trend questions are known."))
    for name in raw:
        if name not in PARTS[version]:
            raise BadQuestion(str(name)[:80], _("A trend has no such part."))
    if raw.get("kind", KIND) != KIND:
        raise BadQuestion("kind", _("This is not a trend question."))
    return int(version)


def _series(raw: Mapping[str, Any], version: int) -> tuple[Asked, ...]:
    if version == 2:
        return parse_series.parse(raw.get("series", [{}]))
    event = parse_series.event(raw.get("event", ""), "event")
    return (Asked(event, choice(Measure, raw.get("measure", Measure.ACCOUNTS), "measure", FIRST_MEASURES)),)


def _interval(raw: Any, version: int) -> Interval:
    return choice(Interval, raw, "interval", FIRST_INTERVALS if version == 1 else tuple(Interval))


def _range(raw: Any) -> Range:
    if not isinstance(raw, Mapping):
        raise BadQuestion("range", _("A range has “last” and “unit”, or “from” and “to”."))
    if "last" in raw:
        count = raw["last"]
        if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= MOST_PERIODS:
            raise BadQuestion("range.last", _("Use a whole number from 1 to %(most)s.") % {"most": MOST_PERIODS})
        return Last(count, choice(Interval, raw.get("unit", Interval.DAY), "range.unit", WHOLE_DAYS))
    first, last = _day(raw.get("from"), "range.from"), _day(raw.get("to"), "range.to")
    if last < first:
        raise BadQuestion("range.to", _("The range ends before it begins. Swap the two days."))
    return Between(first, last)


def _day(raw: Any, part: str) -> date:
    try:
        return date.fromisoformat(raw)
    except (TypeError, ValueError):
        raise BadQuestion(part, _("Use a day like 2026-03-25.")) from None


def _split(raw: Any, version: int) -> Breakdown | None:
    if raw is None:
        return None
    if not isinstance(raw, Mapping):
        raise BadQuestion("split", _("A breakdown has “by” and “top”."))
    try:
        top = int(raw.get("top", 5))
    except (TypeError, ValueError):
        top = 0
    if not 1 <= top <= LARGEST_TOP:
        raise BadQuestion("split.top", _("Show between 1 and %(most)s values.") % {"most": LARGEST_TOP})
    by = raw.get("by")
    topics: Sequence[Any] = by if isinstance(by, list) and version == 2 else [by]
    if not 1 <= len(topics) <= MOST_SPLITS:
        raise BadQuestion("split.by", _("Break down by at most %(most)s things.") % {"most": MOST_SPLITS})
    found = tuple(
        conditions.parse_topic(each, f"split.by.{place}" if len(topics) > 1 else "split.by", facts.keys())
        for place, each in enumerate(topics)
    )
    if len(set(found)) < len(found):
        raise BadQuestion("split.by", _("Break down by each thing once."))
    return Breakdown(found, top)


def _truth(raw: Any, part: str) -> bool:
    if not isinstance(raw, bool):
        raise BadQuestion(part, _("Use true or false."))
    return raw


def _smoothing(raw: Any) -> int:
    if not isinstance(raw, int) or isinstance(raw, bool) or not (raw == 0 or 2 <= raw <= LONGEST_SMOOTHING):
        raise BadQuestion(
            "smoothing",
            _("A moving average is over 2 to %(most)s periods; 0 is none.") % {"most": LONGEST_SMOOTHING},
        )
    return raw
