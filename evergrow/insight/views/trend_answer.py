"""Everything the templates of a trend's answer show, with the address of the list behind every number."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from evergrow.insight import annotations
from evergrow.insight.event_names import EventNames
from evergrow.insight.trend import chart, formula, parse, sheet, words
from evergrow.insight.trend.measure_words import cell, measure
from evergrow.insight.trend.question import NAMES, Formula, TrendQuestion
from evergrow.insight.trend.reading import reading
from evergrow.insight.trend.result import Series, TrendResult
from evergrow.workspaces import access
from evergrow.workspaces.access import GatedRequest

Where = Callable[[int | None, Series, bool], str]


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as it is read; ``url`` opens the list behind it, "" where there is none."""

    text: str
    url: str
    compared: str | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table of numbers and its total."""

    name: str
    total: Cell


@dataclass(frozen=True, slots=True)
class Row:
    """A period of the table."""

    label: str
    note: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Letter:
    """A series or a formula for the definition: its letter, what it is of, its own conditions, the table."""

    name: str
    event: str
    measure: str
    filters: tuple[str, ...]
    table: str
    left_out: int = 0
    events: int = 0


def answered(request: GatedRequest, result: TrendResult, names: EventNames, language: str) -> dict[str, Any]:
    """Everything the answer's templates show."""
    question = result.question

    def address(place: int | None, series: Series, is_compared: bool = False) -> str:
        return behind_address(request, result, place, series, is_compared)

    notes = annotations.within(request.workspace, result.buckets)
    options = chart.options(result, names, language, address)
    return {
        "result": result,
        "event": title(question, names, language),
        "event_raw": question.first.event if len(question.series) == 1 else "",
        "measure": heading(question, names, language),
        "range": words.range_words(question.range, result.today, language),
        "days": words.span(result.days.first, result.days.last, result.today, language),
        "filters": [words.condition(condition) for condition in question.filters],
        "split": words.topics(question),
        "smoothing": words.smoothing(question),
        "reading": reading(result, names, language),
        "options": annotations.drawn(options, notes, result.buckets, language),
        **annotations.editor(request.member, result.buckets),
        "columns": columns(result, names, language, address),
        "rows": rows(result, language, address),
        "total_words": sheet.total_words(result),
        "compared_words": words.COMPARISONS[question.compare],
        "latest": latest(result, language),
        "letters": letters(result, names, language),
        "query": parse.as_query(question),
        "shows_sql": access.may(request.member, "manage"),
    }


def title(question: TrendQuestion, names: EventNames, language: str) -> str:
    """The event, or all things drawn where there are several."""
    known, count = len(question.series), len(question.formulas)
    places = range(known, known + count) if count else range(known)
    return " · ".join(dict.fromkeys(words.made_of(place, question, names, language) for place in places))


def heading(question: TrendQuestion, names: EventNames, language: str) -> str:
    """What is measured, over the chart."""
    said = [measure(asked) for asked in question.series]
    return " · ".join(dict.fromkeys(said))


def columns(result: TrendResult, names: EventNames, language: str, address: Where) -> list[Column]:
    """Every line, then everything together where a breakdown hides it."""
    wholes = sheet.wholes(result)
    named = [(words.line(series, result, names, language), series) for series in result.lines]
    named += [(sheet.whole_name(series, result, names, language), series) for series in wholes]
    return [Column(name, _cell(series, None, result, language, address)) for name, series in named]


def rows(result: TrendResult, language: str, address: Where) -> list[Row]:
    """The periods, the latest first."""
    shown = sheet.columns(result)
    return [
        Row(line.label, line.note, tuple(_cell(series, line.place, result, language, address) for series in shown))
        for line in sheet.lines(result, language)
    ]


def _cell(series: Series, place: int | None, result: TrendResult, language: str, address: Where) -> Cell:
    """A value, or the total for no ``place``; beside it the compared one, for lines and not for wholes."""
    made = result.made_of(series.place)
    value = series.total if place is None else series.values[place]
    is_line = bool(series.compared) and (series.part.kind != "whole" or not result.question.split)
    before = series.compared_total if place is None else series.compared[place] if is_line else None
    return Cell(
        text=cell(made, value, language),
        url=address(place, series, False) if value else "",
        compared=cell(made, before, language) if is_line else None,
    )


def latest(result: TrendResult, language: str) -> dict[str, str] | None:
    """The last full period and its value in words, for the definition."""
    if not result.complete:
        return None
    place = result.complete[-1]
    made = result.made_of(result.whole.place)
    return {
        "when": words.bucket_words(result.buckets[place], result.question.interval, result.today, language),
        "value": words.amount(made, result.whole.values[place], language),
    }


def letters(result: TrendResult, names: EventNames, language: str) -> list[Letter]:
    """What each letter stands for."""
    found = []
    for place, asked in enumerate(result.question.series):
        numbers = result.numbers[place]
        found.append(
            Letter(
                name=NAMES[place],
                event=names.shown(asked.event, language),
                measure=measure(asked),
                filters=tuple(words.condition(each) for each in asked.filters),
                table=result.tables[place],
                left_out=numbers.events - numbers.numbers if numbers else 0,
                events=numbers.events if numbers else 0,
            )
        )
    return found


def behind_address(
    request: GatedRequest, result: TrendResult, place: int | None, series: Series, is_compared: bool
) -> str:
    """Where the list behind a point is; behind a formula's point it is that of the formula's first letter."""
    made = result.made_of(series.place)
    letter = NAMES[series.place] if not isinstance(made, Formula) else _first_letter(made, result.question)
    buckets = result.compared_buckets if is_compared else result.buckets
    if place is not None and buckets[place].is_missing:
        return ""
    point = {
        "bucket": buckets[place].key if place is not None else "",
        "part": series.part.code,
        "compared": "1" if is_compared else "",
        "series": "" if letter == "A" else letter,
    }
    page = reverse("insight:trend_behind", kwargs={"workspace": request.workspace.slug})
    told = urlencode({name: value for name, value in point.items() if value})
    return f"{page}?{parse.as_query(result.question)}&{told}"


def _first_letter(made: Formula, question: TrendQuestion) -> str:
    return formula.read(made.text, NAMES[: len(question.series)]).letters[0]
