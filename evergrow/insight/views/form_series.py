"""The rows of the trend form that say what is measured: one for each series, with the ways to add and remove some."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.http import QueryDict

from evergrow.customers import hidden_names
from evergrow.insight import queries
from evergrow.insight.period import Interval, Last
from evergrow.insight.trend import address
from evergrow.insight.trend.measure_words import GROUPS, MEASURES, STATISTICS
from evergrow.insight.trend.question import (
    MOST_SERIES,
    NAMES,
    WINDOWS,
    Asked,
    Formula,
    Measure,
    Statistic,
    TrendQuestion,
)
from evergrow.insight.trend.words import last_words
from evergrow.insight.views.form_parts import Choices
from evergrow.workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """A series as typed; ``end`` follows the names of its fields, ``remove_url`` is the question without it."""

    name: str
    end: str
    event: str
    measure: str
    days: str
    statistic: str
    property: str
    properties: Sequence[str]
    error: str
    remove_url: str


def rows(
    workspace: Workspace, query: QueryDict, question: TrendQuestion, is_read: bool, errors: dict[str, str]
) -> list[SeriesRow]:
    """A row for each series of an address. Only a question that could be read (``is_read``) offers to remove one."""
    names = [name for name in NAMES if name == "A" or f"event.{name}" in query]
    return [_row(workspace, query, question, place, name, is_read, errors) for place, name in enumerate(names)]


def _row(
    workspace: Workspace,
    query: QueryDict,
    question: TrendQuestion,
    place: int,
    name: str,
    is_read: bool,
    errors: dict[str, str],
) -> SeriesRow:
    end, default = address.suffix(name), Asked()
    event, measure = query.get(f"event{end}", default.event), query.get(f"measure{end}", str(default.measure))
    hidden = hidden_names.of(workspace, "properties")
    is_property = measure == Measure.PROPERTY
    known = [key for key in queries.properties_seen(workspace, event) if key not in hidden] if is_property else []
    return SeriesRow(
        name=NAMES[place],
        end=address.suffix(NAMES[place]),
        event=event,
        measure=measure,
        days=query.get(f"days{end}", str(default.days)),
        statistic=query.get(f"stat{end}", str(default.statistic)),
        property=query.get(f"property{end}", ""),
        properties=known,
        error=errors.get(f"series.{place}", ""),
        remove_url=f"?{address.as_query(without(question, place))}" if is_read and len(question.series) > 1 else "",
    )


def without(question: TrendQuestion, place: int) -> TrendQuestion:
    """The question without a series: later ones move up a letter, formulas that used it go."""
    gone, moved = NAMES[place], dict(zip(NAMES[place + 1 :], NAMES[place:], strict=False))
    kept = [each for each in question.formulas if gone not in each.text.upper()]
    series = (*question.series[:place], *question.series[place + 1 :])
    return replace(question, series=series, formulas=tuple(_moved(each, moved) for each in kept))


def _moved(formula: Formula, letters: dict[str, str]) -> Formula:
    text = re.sub("[A-Ha-h]", lambda found: letters.get(found[0].upper(), found[0].upper()), formula.text)
    return replace(formula, text=text)


def adding(question: TrendQuestion) -> str:
    """The address of the question with another series like the last; "" when there are enough."""
    if len(question.series) >= MOST_SERIES:
        return ""
    return (
        f"?{address.as_query(replace(question, series=(*question.series, replace(question.series[-1], filters=()))))}"
    )


def measures() -> Sequence[tuple[str, Choices]]:
    """The measures in groups, the plain ones first in a group without a name."""
    return [(str(label), [(str(each), MEASURES[each]) for each in found]) for label, found in GROUPS]


def statistics() -> Choices:
    """All statistics; a sum is for properties alone, since a subject's times add up to plain times."""
    return [(str(each), STATISTICS[each]) for each in Statistic]


def windows() -> Choices:
    """The windows of active ones."""
    return [(str(days), last_words(Last(days, Interval.DAY))) for days in WINDOWS]
