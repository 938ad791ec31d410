"""JSON → TrendQuestion, and back. Addresses (``address``) lead through ``from_data`` too, so both name the same parts.

Version 2 has series, formulas, breakdowns by several topics, running totals and moving averages. Version 1 had one
event and one measure; it is still read, as a question of one series, and means the same.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from evergrow.insight import conditions, facts, reading_parts
from evergrow.insight.errors import BadQuestion
from evergrow.insight.period import WHOLE_DAYS, Interval
from evergrow.insight.trend import address, parse_series
from evergrow.insight.trend.address import as_query as as_query
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
        range=reading_parts.days(raw["range"], WHOLE_DAYS) if "range" in raw else DEFAULT.range,
        filters=conditions.parse(raw.get("filters", []), facts.keys()),
        split=_split(raw.get("split"), version),
        compare=reading_parts.choice(Comparison, raw.get("compare", Comparison.NONE), "compare"),
        is_cumulative=reading_parts.truth(raw.get("cumulative", False), "cumulative"),
        smoothing=_smoothing(raw.get("smoothing", 0)),
    )
    parse_series.check(question)
    return question


def as_data(question: TrendQuestion) -> dict[str, Any]:
    """The question as JSON-ready data: what ``from_data`` reads and what is kept of a saved question."""
    split = question.split
    return {
        "kind": KIND,
        "version": VERSION,
        "series": [parse_series.as_data(each) for each in question.series],
        "formulas": [{"text": each.text, "name": each.name, "unit": str(each.unit)} for each in question.formulas],
        "interval": str(question.interval),
        "range": reading_parts.days_data(question.range),
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
    measure = reading_parts.choice(Measure, raw.get("measure", Measure.ACCOUNTS), "measure", FIRST_MEASURES)
    return (Asked(event, measure),)


def _interval(raw: Any, version: int) -> Interval:
    return reading_parts.choice(Interval, raw, "interval", FIRST_INTERVALS if version == 1 else tuple(Interval))


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


def _smoothing(raw: Any) -> int:
    if not isinstance(raw, int) or isinstance(raw, bool) or not (raw == 0 or 2 <= raw <= LONGEST_SMOOTHING):
        raise BadQuestion(
            "smoothing",
            _("A moving average is over 2 to %(most)s periods; 0 is none.") % {"most": LONGEST_SMOOTHING},
        )
    return raw
