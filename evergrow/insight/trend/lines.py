"""From the values of each series to the lines of an answer: formulas, moving averages, the order of the parts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from evergrow.insight.sql_parts import OTHER
from evergrow.insight.trend import formula
from evergrow.insight.trend.plan import Plan
from evergrow.insight.trend.question import NAMES
from evergrow.insight.trend.result import Part, Series, Value
from evergrow.insight.trend.smoothing import full, smoothed
from evergrow.insight.trend.values import Values


@dataclass(frozen=True, slots=True)
class Made:
    """Everything together of each series and formula, and all lines by part."""

    wholes: tuple[Series, ...]
    lines: tuple[Series, ...]


def made(plan: Plan, values: Sequence[Values], before: Sequence[Values], shown: list[str] | None) -> Made:
    """The lines of a question: for each series and formula one, or one for each part in the order of their size."""
    codes = _codes(values, shown)
    by_part = {code: _of_part(plan, values, before, code) for code in ("", *codes)}
    count = len(plan.question.series) + len(plan.question.formulas)
    lines = [by_part[code][place] for place in range(count) for code in (codes or [""])]
    return Made(tuple(by_part[""]), tuple(lines))


def _codes(values: Sequence[Values], shown: list[str] | None) -> list[str]:
    """The parts in the order of their size, and the others together last where there are any."""
    if shown is None:
        return []
    has_others = any(each.has(OTHER) for each in values)
    return [*shown, *([OTHER] if has_others else [])]


def _of_part(plan: Plan, values: Sequence[Values], before: Sequence[Values], code: str) -> list[Series]:
    """The lines of every series and formula for one part."""
    size = len(plan.buckets)
    found = [_series(code, place, each, before, size) for place, each in enumerate(values)]
    known = tuple(found)
    for place, each in enumerate(plan.question.formulas, start=len(values)):
        found.append(_formula(each.text, place, known))
    return [_smoothed(each, plan) for each in found] if plan.question.smoothing else found


def _series(code: str, place: int, values: Values, before: Sequence[Values], size: int) -> Series:
    earlier = before[place] if before else None
    return Series(
        part=Part.of(code),
        values=tuple(values.point(at, code) for at in range(size)),
        total=values.total(code),
        compared=tuple(earlier.point(at, code) for at in range(size)) if earlier else (),
        compared_total=earlier.total(code) if earlier else 0,
        place=place,
    )


def _formula(text: str, place: int, known: Sequence[Series]) -> Series:
    """The formula point by point; its total is the formula over the totals of its series."""
    value = formula.read(text, NAMES[: len(known)]).value

    def of(values: Sequence[Value]) -> Value:
        return value(dict(zip(NAMES, values, strict=False)))

    first = known[0]
    return Series(
        part=first.part,
        values=tuple(of(values) for values in zip(*(each.values for each in known), strict=True)),
        total=of([each.total for each in known]),
        compared=tuple(of(values) for values in zip(*(each.compared for each in known), strict=True)),
        compared_total=of([each.compared_total for each in known]) if first.compared else 0,
        place=place,
    )


def _smoothed(series: Series, plan: Plan) -> Series:
    window = plan.question.smoothing
    is_whole = [
        bucket.is_complete and value is not None for bucket, value in zip(plan.buckets, series.values, strict=True)
    ]
    return replace(
        series,
        values=smoothed(series.values, window),
        compared=smoothed(series.compared, window),
        is_full=tuple(full(is_whole, window)),
    )
