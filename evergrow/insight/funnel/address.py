"""A funnel in an address: what a form sends, and a link that says it completely.

Steps are ``step=…`` in their order; ``optional=3`` says that the third may be left out. Excluded events are ``not=…``
with ``after`` and ``before``. Filters are ``of``, ``on``, ``is`` and ``value``; ``of`` is the number of a step, ``e1``
the first excluded event, ``b`` the group to compare with, empty for all steps. ``one`` and ``two`` are groups to
compare with each other. Rows without an event are left out.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from evergrow.insight import reading_parts as parts
from evergrow.insight.conditions import Condition
from evergrow.insight.funnel import parse
from evergrow.insight.funnel.question import MOST_STEPS, Attribution, FunnelQuestion
from evergrow.insight.reading_parts import is_asked, write_values

AGAINST = "b"
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
    raw["exclusions"] = list(_exclusions(query, len(rows)))
    raw["drops_subject"] = bool(query.get("drop")) and bool(raw["exclusions"])
    raw["filters"] = filters(query, "")
    against = filters(query, AGAINST)
    if against:
        raw["against"] = against
    if query.get("split"):
        raw["split"] = {"by": query["split"], "top": query.get("top", "5"), **_attribution(query.get("by", ""))}
    versus = [query.get(name, "") for name in ("one", "two")]
    is_known = raw.get("split") or not any(each.startswith("part:") for each in versus)
    if all(versus) and is_known:
        raw["versus"] = versus
    return raw


def _step(query: QueryDict, place: int) -> dict[str, Any]:
    return {
        "event": query.getlist("step")[place - 1],
        "filters": filters(query, str(place)),
        "is_optional": str(place) in query.getlist("optional"),
    }


def filter_rows(query: QueryDict) -> list[tuple[str, str, str, str]]:
    """Rows of filters as typed: ``of, on, is, value``."""
    names = [query.getlist(name) for name in ("of", "on", "is", "value")]
    return list(zip(*names, strict=False))


def filters(query: QueryDict, of: str) -> list[dict[str, Any]]:
    """The filters of a step, an excluded event, or all, without rows begun and not used yet."""
    return [
        {"on": on, "is": test, "values": parts.values(value)}
        for whose, on, test, value in filter_rows(query)
        if whose == of and is_asked(on, test, value)
    ]


def _exclusions(query: QueryDict, steps: int) -> Iterable[dict[str, Any]]:
    size = max(steps, 2)
    rows = zip(query.getlist("not"), query.getlist("after"), query.getlist("before"), strict=False)
    for place, (event, after, before) in enumerate(rows, 1):
        if event:
            yield {
                "event": event,
                "filters": filters(query, f"e{place}"),
                "after": min(_number(after, 1), size - 1),
                "before": min(_number(before, size), size),
            }


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
        pairs += _rows(each.filters, f"e{len([pair for pair in pairs if pair[0] == 'not'])}")
    pairs += [("drop", "1")] if question.drops_subject else []
    pairs += [("hold", question.hold)] if question.hold else []
    pairs += [*_rows(question.filters, ""), *_rows(question.against or (), AGAINST)]
    if question.split:
        split = question.split
        by = f"step.{split.step}" if split.attribution is Attribution.STEP else str(split.attribution)
        pairs += [("split", str(split.by)), ("top", str(split.top)), ("by", by)]
    pairs += zip(("one", "two"), map(str, question.versus or ()), strict=False)
    pairs += [("over", str(question.over))] if question.over else []
    return urlencode([*pairs, *more.items()])


def _rows(found: Sequence[Condition], of: str) -> Pairs:
    return [
        pair
        for each in found
        for pair in (
            ("of", of),
            ("on", str(each.topic)),
            ("is", str(each.test)),
            ("value", write_values(each.values)),
        )
    ]
