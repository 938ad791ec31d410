"""A retention table as an export holds it: a row for each cohort, two columns for each period, then the means."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from evergrow.insight.retention import words
from evergrow.insight.retention.result import Cell as Counted
from evergrow.insight.retention.result import Cohort, RetentionResult, Series
from evergrow.lib.sheets import Cell


def heads(result: RetentionResult, language: str) -> list[str]:
    """The head: the part (with a breakdown), the cohort, its size, then each column's value and share."""
    named = [words.column(each, result.question.interval) for each in result.columns]
    return [
        *([pgettext("retention", "Part")] if result.series else []),
        pgettext("trend", "From"),
        pgettext("trend", "To"),
        _("Began"),
        _("Complete columns"),
        *(head for name in named for head in (name, _("{column}, share").format(column=name))),
    ]


def rows(result: RetentionResult, language: str) -> Iterator[list[Cell]]:
    """Everybody first, then each part: its cohorts in order of time, the weighted mean and its interval."""
    for series in (result.whole, *result.series):
        name: list[Cell] = [words.part(series, result, language)] if result.series else []
        for cohort in series.cohorts:
            yield [*name, *_cohort(cohort)]
        yield from ([*name, *row] for row in _means(series))


def _cohort(cohort: Cohort) -> list[Cell]:
    complete = sum(cell is not None and cell.is_complete for cell in cohort.cells)
    cells = [value for cell in cohort.cells for value in _pair(cell)]
    return [cohort.bucket.first, cohort.bucket.last, cohort.size, complete, *cells]


def _pair(cell: Counted | None) -> tuple[Cell, Cell]:
    if cell is None:
        return None, None
    return _whole(cell.value), None if cell.share is None else round(cell.share, 6)


def _means(series: Series) -> Iterator[list[Cell]]:
    shares: list[Cell] = []
    lows: list[Cell] = []
    highs: list[Cell] = []
    for mean in series.means:
        shares += [None, None] if mean is None else [_whole(mean.value), _round(mean.share)]
        lows += [None, None if mean is None else _round(mean.low)]
        highs += [None, None if mean is None else _round(mean.high)]
    yield [_("Weighted mean of complete cells"), None, series.size, None, *shares]
    if any(low is not None for low in lows):
        yield [_("95% interval, lower end"), None, None, None, *lows]
        yield [_("95% interval, upper end"), None, None, None, *highs]


def _round(share: float | None) -> float | None:
    return None if share is None else round(share, 6)


def _whole(value: float) -> float | int:
    """A count without its ``.0``."""
    return int(value) if value.is_integer() else value
