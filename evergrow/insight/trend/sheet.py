"""A trend as a table: what the page shows under the chart and what an export holds."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from evergrow.insight.event_names import EventNames
from evergrow.insight.period import Bucket
from evergrow.insight.trend import words
from evergrow.insight.trend.question import Measure
from evergrow.insight.trend.result import Series, TrendResult
from evergrow.lib.sheets import Cell


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the page's table."""

    bucket: Bucket
    label: str
    note: str
    values: tuple[tuple[Series, int, int | None], ...]
    whole: int


def lines(result: TrendResult, language: str) -> list[Line]:
    """One row for each bucket, the latest first; each value with its series and the compared value."""
    return [
        Line(
            bucket=bucket,
            label=words.bucket_words(bucket, result.question.interval, result.today, language),
            note=words.short_words(bucket),
            values=tuple((each, each.values[place], _compared(each, place)) for each in result.series),
            whole=result.whole.values[place],
        )
        for place, bucket in reversed(list(enumerate(result.buckets)))
    ]


def _compared(series: Series, place: int) -> int | None:
    return series.compared[place] if series.compared else None


def total_words(measure: Measure) -> str:
    """What the totals row is: a sum, or how many different ones over the whole range."""
    return pgettext("trend", "Sum") if measure is Measure.COUNT else _("Different ones in the whole range")


def heads(result: TrendResult, names: EventNames, language: str) -> list[str]:
    """The head of an exported table."""
    named = [words.part(series.part, result, names, language) for series in result.series]
    compared = [f"{name} · {words.COMPARISONS[result.question.compare]}" for name in named]
    every = [_("All together")] if result.question.split else []
    return [
        pgettext("trend", "From"),
        pgettext("trend", "To"),
        _("Full period"),
        *named,
        *(compared if result.compared_buckets else []),
        *every,
    ]


def rows(result: TrendResult) -> Iterator[list[Cell]]:
    """The exported rows in order of time, and the totals last."""
    has_split = bool(result.question.split)
    for place, bucket in enumerate(result.buckets):
        now: list[Cell] = [series.values[place] for series in result.series]
        before: list[Cell] = [series.compared[place] for series in result.series if series.compared]
        every: list[Cell] = [result.whole.values[place]] if has_split else []
        yield [bucket.first, bucket.last, bucket.is_complete, *now, *before, *every]
    totals: list[Cell] = [series.total for series in result.series]
    earlier: list[Cell] = [series.compared_total for series in result.series if series.compared]
    whole: list[Cell] = [result.whole.total] if has_split else []
    yield [total_words(result.question.measure), None, None, *totals, *earlier, *whole]
