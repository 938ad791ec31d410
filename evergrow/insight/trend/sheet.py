"""A trend as a table: what the page shows under the chart and what an export holds."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from evergrow.insight.event_names import EventNames
from evergrow.insight.period import Bucket
from evergrow.insight.trend import words
from evergrow.insight.trend.measure_words import total_words as words_of_total
from evergrow.insight.trend.result import Series, TrendResult, Value
from evergrow.lib.sheets import Cell


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the page's table."""

    bucket: Bucket
    label: str
    note: str
    place: int


def lines(result: TrendResult, language: str) -> list[Line]:
    """One row for each bucket, the latest first."""
    return [
        Line(
            bucket=bucket,
            label=words.bucket_words(bucket, result.question.interval, result.today, language),
            note=words.short_words(bucket, is_full=is_full(result.whole, place)),
            place=place,
        )
        for place, bucket in reversed(list(enumerate(result.buckets)))
    ]


def is_full(series: Series, place: int) -> bool:
    """Whether a point's window is full; without a moving average every one is."""
    return not series.is_full or series.is_full[place]


def columns(result: TrendResult) -> list[Series]:
    """The columns of values: every line, and with a breakdown everything together of each series and formula."""
    return [*result.lines, *wholes(result)]


def wholes(result: TrendResult) -> list[Series]:
    """Everything together of each series and formula, where a breakdown hides it."""
    return list(result.wholes) if result.question.split else []


def whole_name(series: Series, result: TrendResult, names: EventNames, language: str) -> str:
    """``All together``, and of what where there is more than one series."""
    whole = _("All together")
    if len(result.wholes) == 1:
        return whole
    return f"{words.made_of(series.place, result.question, names, language)} · {whole}"


def total_words(result: TrendResult) -> str:
    """What the totals row is; said in general where the series differ."""
    said = {words_of_total(result.made_of(series.place)) for series in result.wholes}
    return said.pop() if len(said) == 1 else _("Over the whole range")


def heads(result: TrendResult, names: EventNames, language: str) -> list[str]:
    """The head of an exported table."""
    named = [words.line(series, result, names, language) for series in result.lines]
    compared = [f"{name} · {words.COMPARISONS[result.question.compare]}" for name in named]
    return [
        pgettext("trend", "From"),
        pgettext("trend", "To"),
        _("Full period"),
        *named,
        *(compared if result.compared_buckets else []),
        *(whole_name(series, result, names, language) for series in wholes(result)),
    ]


def rows(result: TrendResult) -> Iterator[list[Cell]]:
    """The exported rows in order of time, and the totals last."""
    for place, bucket in enumerate(result.buckets):
        now = [_cell(series.values[place]) for series in result.lines]
        before = [_cell(series.compared[place]) for series in result.lines if series.compared]
        every = [_cell(series.values[place]) for series in wholes(result)]
        is_complete = bucket.is_complete and is_full(result.whole, place)
        when: list[Cell] = [bucket.at or bucket.first, bucket.until or bucket.last, is_complete]
        yield [*when, *now, *before, *every]
    totals = [_cell(series.total) for series in result.lines]
    earlier = [_cell(series.compared_total) for series in result.lines if series.compared]
    yield [total_words(result), None, None, *totals, *earlier, *(_cell(each.total) for each in wholes(result))]


def _cell(value: Value) -> Cell:
    return value
