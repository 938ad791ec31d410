"""A funnel in an address: what a form sends, and a link that says it completely.

Steps are ``step=…`` in their order; the filters of the third are ``on3``, ``is3``, ``value3``; ``optional=3`` says that it
may be left out. Excluded events are ``not=…`` with ``after`` and ``before``. Rows still without an event are left out.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from evergrow.insight import reading_parts as parts
from evergrow.insight.conditions import Condition
from evergrow.insight.funnel import parse
from evergrow.insight.funnel.question import MOST_STEPS, Attribution, FunnelQuestion
from evergrow.insight.trend.parse import is_asked, write_values

Pairs = list[tuple[str, str]]


def from_query(query: QueryDict) -> FunnelQuestion:
    """Read the address of a funnel page. Raises BadQuestion like ``parse.from_data``."""
    return parse.from_data(query_as_data(query))


def query_as_data(query: QueryDict) -> dict[str, Any]:
    """An address as the JSON form, unchecked."""
    raw: dict[str, Any] = {
        part: query[part] for part in ("subject", "order", "start", "counting", "hold", "over") if query.get(part)
    }
    rows = [place for place, event in enumerate(query.getlist("step"), 1) if event]
    raw["steps"] = [_step(query, place) for place in rows]
    days = parts.days_asked(query)
    if days:
        raw["range"] = days
    if query.get("window"):
        raw["window"] = {"count": query["window"], "unit": query.get("unit", "day")}
    places = {place: number for number, place in enumerate(rows, 1)}
    raw["exclusions"] = list(_exclusions(query, places))
    raw["drops_subject"] = bool(query.get("drop")) and bool(raw["exclusions"])
    raw["filters"] = filters(query, "")
    if query.get("versus"):
        raw["against"] = filters(query, "b")
    if query.get("split"):
        raw["split"] = {"by": query["split"], "top": query.get("top", "5"), **_attribution(query.get("by", ""))}
    return raw


def _step(query: QueryDict, place: int) -> dict[str, Any]:
    return {
        "event": query.getlist("step")[place - 1],
        "filters": filters(query, str(place)),
        "is_optional": str(place) in query.getlist("optional"),
    }


def filters(query: QueryDict, suffix: str) -> list[dict[str, Any]]:
    """The filters in ``on``, ``is`` and ``value`` with a suffix, without rows begun and not used yet."""
    names = (query.getlist(f"{name}{suffix}") for name in ("on", "is", "value"))
    return [
        {"on": on, "is": test, "values": parts.values(value)}
        for on, test, value in zip(*names, strict=False)
        if is_asked(on, test, value)
    ]


def _exclusions(query: QueryDict, places: dict[int, int]) -> Iterable[dict[str, Any]]:
    size = max(len(places), 2)
    rows = zip(query.getlist("not"), query.getlist("after"), query.getlist("before"), strict=False)
    for event, after, before in rows:
        if event:
            last = min(_number(before, size), size)
            yield {"event": event, "after": min(_number(after, 1), size - 1), "before": last}


def _number(raw: str, usual: int) -> int:
    return int(raw) if raw.isascii() and raw.isdecimal() and len(raw) < 4 and int(raw) <= MOST_STEPS else usual


def _attribution(raw: str) -> dict[str, Any]:
    name, _dot, step = raw.partition(".")
    return {"attribution": name or str(Attribution.FIRST), "step": step or "1"}


def as_query(question: FunnelQuestion, **more: str) -> str:
    """The question as the query string of its address; ``more`` adds single values."""
    pairs: Pairs = [("step", step.event) for step in question.steps]
    for place, step in enumerate(question.steps, 1):
        pairs += _rows(step.filters, str(place))
        pairs += [("optional", str(place))] if step.is_optional else []
    pairs += [(part, str(getattr(question, part))) for part in ("subject", "order", "start", "counting")]
    pairs += [("window", str(question.window.count)), ("unit", str(question.window.unit))]
    pairs += parts.days_pairs(question.range).items()
    for each in question.exclusions:
        pairs += [("not", each.event), ("after", str(each.after)), ("before", str(each.before))]
    pairs += [("drop", "1")] if question.drops_subject else []
    pairs += [("hold", question.hold)] if question.hold else []
    pairs += _rows(question.filters, "")
    if question.against is not None:
        pairs += [("versus", "1"), *_rows(question.against, "b")]
    if question.split:
        split = question.split
        by = f"step.{split.step}" if split.attribution is Attribution.STEP else str(split.attribution)
        pairs += [("split", str(split.by)), ("top", str(split.top)), ("by", by)]
    pairs += [("over", str(question.over))] if question.over else []
    return urlencode([*pairs, *more.items()])


def _rows(found: Sequence[Condition], suffix: str) -> Pairs:
    return [
        pair
        for each in found
        for pair in (
            (f"on{suffix}", str(each.topic)),
            (f"is{suffix}", str(each.test)),
            (f"value{suffix}", write_values(each.values)),
        )
    ]
