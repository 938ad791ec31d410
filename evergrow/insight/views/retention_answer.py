"""A retention answer as its page shows it: the curve, the triangle with its shades, the parts, the definition."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from evergrow.insight.event_names import EventNames
from evergrow.insight.retention import chart, parse, words
from evergrow.insight.retention.behind import Point, State, pairs
from evergrow.insight.retention.question import KIND
from evergrow.insight.retention.reading import FEWEST, places, reading
from evergrow.insight.retention.result import Cell, Cohort, Mean, RetentionResult, Series
from evergrow.insight.trend import words as trend
from evergrow.insight.views.behind import address
from evergrow.lib import numerals
from evergrow.workspaces import access
from evergrow.workspaces.access import GatedRequest

SHADES = 10


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell in words: its share and its value, how dark it is (0–10), what it says on hover, where it leads."""

    share: str
    value: str
    shade: int
    title: str
    url: str
    is_short: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table: its name, why it is not whole, how many began with the list of them, its cells."""

    label: str
    note: str
    size: int
    url: str
    cells: Sequence[Shown | None]
    intervals: Sequence[str] = ()


class Table:
    """Writes the cells of one answer.

    The shades go from the lowest to the highest share after the start, of cohorts large enough to say something.
    """

    def __init__(self, request: GatedRequest, result: RetentionResult, language: str) -> None:
        self.slug, self.result, self.language = request.workspace.slug, result, language
        shares = sorted(_shares(result, FEWEST, 1)) or sorted(_shares(result, 1, 1)) or sorted(_shares(result, 1, 0))
        self.low, self.high = (shares[0], shares[-1]) if shares else (0.0, 1.0)

    def address(self, series: Series, cohort: Cohort | None, column: int | None) -> str:
        """The list behind a cell."""
        point = Point(cohort.bucket.first if cohort else None, column, series.part, State.STAYED)
        return address(self.slug, KIND, f"{parse.as_query(self.result.question)}&{urlencode(pairs(point))}")

    def lines(self, series: Series) -> list[Line]:
        """A row for each cohort, the earliest first."""
        return [
            Line(
                words.cohort(cohort, self.result, self.language),
                words.cohort_note(cohort),
                cohort.size,
                self.address(series, cohort, None),
                [
                    None if cell is None else self._cell(cell, cohort, self.address(series, cohort, place))
                    for place, cell in enumerate(cohort.cells)
                ],
            )
            for cohort in series.cohorts
        ]

    def mean(self, series: Series, label: str) -> Line:
        """The weighted means of a series, with their intervals."""
        return Line(
            label,
            "",
            series.size,
            self.address(series, None, None),
            [
                None if mean is None else self._mean(mean, self.address(series, None, place))
                for place, mean in enumerate(series.means)
            ],
            [self._interval(mean) for mean in series.means],
        )

    def _cell(self, cell: Cell, cohort: Cohort, url: str) -> Shown:
        began = words.amount(self.result.question.subject, cell.size, self.language)
        title = _("{came} of {began}").format(came=numerals.number(cell.came, self.language), began=began)
        if not cell.is_complete:
            title += " · " + _("not over yet, left out of the mean")
        value, url = numerals.number(cell.value, self.language), url if cell.size else ""
        return Shown(_points(cell.share), value, self._shade(cell.share), title, url, not cell.is_complete)

    def _mean(self, mean: Mean, url: str) -> Shown:
        title = _("{came} of {size} in {cohorts} complete cohorts").format(
            came=numerals.number(mean.came, self.language),
            size=numerals.number(mean.size, self.language),
            cohorts=mean.cohorts,
        )
        value = numerals.number(mean.value, self.language)
        return Shown(_points(mean.share), value, self._shade(mean.share), title, url)

    def _interval(self, mean: Mean | None) -> str:
        if mean is None or mean.low is None or mean.high is None:
            return ""
        return f"{_points(mean.low)}–{_points(mean.high)}"

    def _shade(self, share: float | None) -> int:
        if share is None:
            return 0
        width = self.high - self.low
        return round(SHADES * min(1.0, max(0.0, (share - self.low) / width))) if width else SHADES // 2


def _points(share: float | None) -> str:
    """A share in percent without its sign, one decimal: what stands in a cell."""
    return numerals.UNKNOWN if share is None else numerals.number(share * 100, "en", 1)


def _shares(result: RetentionResult, fewest: int, first: int) -> Iterator[float]:
    """The shares of complete cells of cohorts of at least ``fewest``, from a period on."""
    for cohort in result.whole.cohorts:
        for column, cell in zip(result.columns, cohort.cells, strict=True):
            if cell and cell.is_complete and cell.share is not None and cell.size >= fewest and column.first >= first:
                yield cell.share


def told(request: GatedRequest, result: RetentionResult, names: EventNames, language: str) -> dict[str, Any]:
    """Everything the answer's templates show."""
    question, table = result.question, Table(request, result, language)
    series = _chosen(request, result)
    return {
        "result": result,
        "title": words.title(question, names, language),
        "start": words.step(question.start, names, language),
        "back": words.step(question.back, names, language),
        "range": trend.range_words(question.range, result.today, language),
        "days": trend.span(result.days.first, result.days.last, result.today, language),
        "began": words.amount(question.subject, series.size, language),
        "filters": [trend.condition(condition) for condition in question.filters],
        "split": trend.topic(question.split.by) if question.split else "",
        "reading": reading(result, names, language),
        "options": chart.options(result, language, table.address),
        "columns": [words.column(each, question.interval) for each in result.columns],
        "mean": table.mean(series, _("Weighted mean")),
        "lines": table.lines(series),
        "part": words.part(series, result, language) if series is not result.whole else "",
        "parts": _parts(result, table),
        "low": numerals.percent(table.low, language),
        "high": numerals.percent(table.high, language),
        "has_short": any(cell is not None and not cell.is_complete for each in series.cohorts for cell in each.cells),
        "formula": _formula(result, language),
        "cohorts": words.COHORTS[question.cohorts],
        "query": parse.as_query(question),
        "shows_sql": access.may(request.member, "manage"),
    }


def _chosen(request: GatedRequest, result: RetentionResult) -> Series:
    """The part whose cohorts are shown; everybody where none, or one that is not there, is chosen."""
    code = request.GET.get("part", "")
    return next((series for series in result.series if series.part.code == code), result.whole)


def _parts(result: RetentionResult, table: Table) -> list[tuple[Line, str]]:
    """The means of each part, and the address that shows its cohorts."""
    found = [(series, words.part(series, result, table.language)) for series in (result.whole, *result.series)]
    query = parse.as_query(result.question)

    def shown(series: Series) -> str:
        return "&" + urlencode({"part": series.part.code}) if series.part.code else ""

    return [(table.mean(series, name), f"?{query}{shown(series)}") for series, name in found if result.series]


def _formula(result: RetentionResult, language: str) -> dict[str, str] | None:
    """The last column's mean with its own numbers, for the definition."""
    column = next(iter(reversed(places(result))), None)
    mean = None if column is None else result.whole.means[column]
    if column is None or mean is None:
        return None
    is_sum = mean.low is None or mean.high is None
    return {
        "when": words.in_column(result.columns[column], result.question.interval),
        "came": numerals.number(mean.value, language),
        "size": numerals.number(mean.base, language),
        "share": numerals.percent(mean.share, language, 1),
        "low": "" if is_sum else numerals.percent(mean.low, language, 1),
        "high": "" if is_sum else numerals.percent(mean.high, language, 1),
    }
