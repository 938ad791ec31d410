"""Everything that the answer's templates show of a funnel."""

from dataclasses import dataclass, replace
from typing import Any

from evergrow.insight import annotations
from evergrow.insight.event_names import EventNames
from evergrow.insight.funnel import address, chart, words
from evergrow.insight.funnel.kind import KIND_OF_QUESTION
from evergrow.insight.funnel.point import Point
from evergrow.insight.funnel.reading import reading
from evergrow.insight.funnel.result import Branch, FunnelResult, difference, from_all
from evergrow.insight.trend import words as trend
from evergrow.insight.views import behind
from evergrow.lib import numerals
from evergrow.workspaces import access
from evergrow.workspaces.access import GatedRequest


@dataclass(frozen=True, slots=True)
class StepLine:
    """A row of the table of steps."""

    name: str
    is_optional: bool
    count: int
    url: str
    lost: int
    lost_url: str
    of_before: str
    of_all: str
    median: str
    p90: str


def told(request: GatedRequest, result: FunnelResult, names: EventNames, language: str) -> dict[str, Any]:
    """The answer for templates."""
    question = result.question
    slug, own = request.workspace.slug, address.as_query(question)

    def url(point: Point) -> str:
        return behind.address(slug, KIND_OF_QUESTION.key, f"{own}&{point.query()}")

    return {
        "result": result,
        "title": words.title(question, names, language),
        "subject": words.SUBJECTS[question.subject],
        "entered": words.amount(question, result.whole.entered, language),
        "range": trend.range_words(question.range, result.today, language),
        "days": trend.span(result.days.first, result.days.last, result.today, language),
        "filters": [trend.condition(condition) for condition in question.filters],
        "against_filters": [trend.condition(condition) for condition in question.against or ()],
        "exclusions": [words.exclusion(each, names, language) for each in question.exclusions],
        "split": trend.topic(question.split.by) if question.split else "",
        "attribution": words.attribution(question.split) if question.split else "",
        "reading": reading(result, names, language),
        "options": chart.options(result, names, language, url),
        "lines": _lines(result, names, language, url),
        "whole_way": _waits(result.whole.whole_way, language),
        "parts": [_part(branch, result, language, url) for branch in result.parts],
        "against": _part(result.against, result, language, url, is_other=True) if result.against else None,
        "versus": _versus(result, language, url),
        "everybody": _part(result.whole, result, language, url),
        "spreads": _spreads(request, result, names, language),
        "over_time": _over_time(request, result, language, url) if result.periods else None,
        **annotations.editor(request.member, [period.bucket for period in result.periods]),
        "open_periods": sum(period.is_open for period in result.periods),
        "window": words.window(question.window),
        "formula": _formula(result, language),
        "query": own,
        "shows_sql": access.may(request.member, "manage"),
    }


def _lines(result: FunnelResult, names: EventNames, language: str, url: Any) -> list[StepLine]:
    whole = result.whole
    found = []
    for place, count in enumerate(whole.counts):
        before = whole.counts[result.before(place)]
        waits = whole.waits[place] if whole.waits else None
        found.append(
            StepLine(
                name=words.step(result.question, place, names, language),
                is_optional=result.question.steps[place].is_optional,
                count=count,
                url=url(Point(place + 1)),
                lost=result.lost(whole, place),
                lost_url=url(Point(place + 1, is_lost=True)) if place else "",
                of_before=words.share(count / before if before else None, language) if place else "",
                of_all=words.share(count / whole.entered if whole.entered else None, language),
                median=words.length(waits.median, language) if waits else "",
                p90=words.length(waits.p90, language) if waits else "",
            )
        )
    return found


def _waits(found: Any, language: str) -> dict[str, str] | None:
    if found is None:
        return None
    return {"median": words.length(found.median, language), "p90": words.length(found.p90, language)}


def _part(branch: Branch, result: FunnelResult, language: str, url: Any, *, is_other: bool = False) -> dict[str, Any]:
    """A row of the table of groups, with its conversion, interval and difference from everybody."""
    last = len(branch.counts)
    gap = None
    if branch is not result.whole:
        gap = from_all(branch, result.whole) if branch.part.kind != "whole" else None
        gap = gap or difference(branch, result.whole)
    low, high = branch.interval
    cells = []
    for place, count in enumerate(branch.counts):
        before = branch.counts[result.before(place)]
        cells.append(words.share(count / before if before else None, language) if place else "")
    return {
        "name": words.part(branch.part, result, language),
        "entered": branch.entered,
        "entered_url": url(Point(1, part=branch.part, is_other=is_other)),
        "shares": cells[1:],
        "converted": branch.converted,
        "converted_url": url(Point(last, part=branch.part, is_other=is_other)),
        "share": words.share(branch.share, language),
        "low": words.share(low, language),
        "high": words.share(high, language),
        "median": words.length(branch.whole_way.median, language) if branch.whole_way else "",
        "gap": gap,
        "gap_points": numerals.points(gap.value, language, tight=True) if gap else "",
        "gap_low": numerals.points(gap.low, language, tight=True) if gap else "",
        "gap_high": numerals.points(gap.high, language, tight=True) if gap else "",
    }


def _versus(result: FunnelResult, language: str, url: Any) -> dict[str, Any] | None:
    """The two groups: rows of segments, which no other row tells, their names and the difference."""
    found = result.versus
    if found is None:
        return None
    rows = []
    for name, each in (("one", found.one), ("two", found.other)):
        if each.part is None:
            row = _part(each.branch, result, language, lambda point, name=name: url(replace(point, group=name)))
            rows.append(row | {"name": words.compared(each, result, language)})
    gap = found.gap
    return {
        "rows": rows,
        "one": words.compared(found.one, result, language),
        "two": words.compared(found.other, result, language),
        "gap": gap,
        "points": [numerals.points(each, language, tight=True) for each in (gap.value, gap.low, gap.high)]
        if gap
        else [],
        "p": _p(gap.p, language) if gap else "",
    }


def _p(value: float, language: str) -> str:
    return "p < 0.001" if value < 0.001 else f"p = {numerals.number(round(value, 3), language)}"


def _spreads(request: GatedRequest, result: FunnelResult, names: EventNames, language: str) -> dict[str, Any] | None:
    """The distribution of one step's times: the one in the address, else of the whole way."""
    if not result.spreads:
        return None
    size = len(result.whole.counts)
    wanted = request.GET.get("spread", "")
    chosen = next((each for each in result.spreads if str(each.step) == wanted), result.spreads[-1])
    waits = result.whole.whole_way if chosen.step == size else result.whole.waits[chosen.step]
    return {
        "choices": [
            {
                "step": each.step,
                "name": words.step(result.question, each.step, names, language) if each.step < size else "",
                "is_current": each is chosen,
            }
            for each in result.spreads
        ],
        "options": chart.spread(chosen, language),
        "waits": _waits(waits, language),
        "count": numerals.number(waits.count if waits else 0, language),
    }


def _formula(result: FunnelResult, language: str) -> dict[str, str]:
    low, high = result.whole.interval
    return {
        "converted": numerals.number(result.whole.converted, language),
        "entered": numerals.number(result.whole.entered, language),
        "share": words.share(result.whole.share, language),
        "low": words.share(low, language),
        "high": words.share(high, language),
    }


def _over_time(request: GatedRequest, result: FunnelResult, language: str, address: chart.Address) -> dict[str, Any]:
    buckets = [each.bucket for each in result.periods]
    return annotations.shown(request.workspace, chart.over_time(result, language, address), buckets, language)
