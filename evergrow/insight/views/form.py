"""The form that builds a trend: what stands in each field, and what there is to choose from."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import pgettext

from evergrow.insight.errors import BadQuestion
from evergrow.insight.event_names import EventNames
from evergrow.insight.period import Interval, Last
from evergrow.insight.trend import address, words
from evergrow.insight.trend.question import MOST_FORMULAS, MOST_SPLITS, TrendQuestion, Unit
from evergrow.insight.views import form_parts, form_series
from evergrow.insight.views.form_parts import Choices, FilterRow
from evergrow.insight.views.form_series import SeriesRow
from evergrow.workspaces.models import Member

RANGES = ["1d", "3d", "7d", "30d", "90d", "12w", "26w", "52w", "6m", "12m", "24m", "8q", "5y"]
TOPS = [3, 5, 10, 20]
SMOOTHINGS = [0, 3, 4, 7, 12, 28]


@dataclass(frozen=True, slots=True)
class FormulaRow:
    """A formula as the form shows it; the last row is empty and adds one."""

    text: str
    unit: str
    name: str
    error: str


@dataclass(frozen=True, slots=True)
class Form:
    """Every field's value as typed, its choices, and sentences for what is wrong."""

    fields: dict[str, str]
    series: Sequence[SeriesRow]
    add_url: str
    events: Choices
    measures: Sequence[tuple[str, Choices]]
    statistics: Choices
    windows: Choices
    intervals: Choices
    ranges: Choices
    comparisons: Choices
    checks: Choices
    topics: Sequence[tuple[str, Choices]]
    splits: Sequence[str]
    tops: Sequence[int]
    smoothings: Choices
    units: Choices
    formulas: Sequence[FormulaRow]
    rows: Sequence[FilterRow]
    errors: dict[str, str]

    @property
    def has_more(self) -> bool:
        """Whether something folded away is used or wrong, so that it is shown."""
        used = any(row.text for row in self.formulas) or len([topic for topic in self.splits if topic]) > 1
        fields = self.fields["smooth"] not in ("", "0") or bool(self.fields["cumulative"])
        return used or fields or bool({"smooth", "cumulative"} & set(self.errors))

    @property
    def letters(self) -> Choices:
        """What a condition may be of, where there are several series."""
        return [("", pgettext("a filter of which series", "all")), *((row.name, row.name) for row in self.series)]


def build(
    member: Member,
    query: QueryDict,
    question: TrendQuestion | None,
    wrong: BadQuestion | None,
    names: EventNames,
    language: str,
) -> Form:
    """The form for an address: ``question`` when it could be read, else ``wrong`` says where not."""
    workspace = member.workspace
    asked = question or TrendQuestion()
    fields = _fields(query, asked)
    errors = {field_of(wrong.part): wrong.sentence} if wrong else {}
    splits = [topic for topic in query.getlist("split") if topic][:MOST_SPLITS]
    series = form_series.rows(workspace, query, asked, question is not None, errors)
    used = [*query.getlist("on"), *splits]
    return Form(
        fields=fields,
        series=series,
        add_url=form_series.adding(question) if question else "",
        events=form_parts.events(workspace, [row.event for row in series], names, language),
        measures=form_series.measures(),
        statistics=form_series.statistics(),
        windows=form_series.windows(),
        intervals=form_parts.choices(words.INTERVALS),
        ranges=form_parts.ranges(RANGES, fields["range"]),
        comparisons=form_parts.choices(words.COMPARISONS),
        checks=form_parts.choices(words.CHECKS),
        topics=form_parts.topics(workspace, series[0].event, used),
        splits=[*splits, *([""] if len(splits) < MOST_SPLITS else [])],
        tops=TOPS,
        smoothings=_smoothings(fields["smooth"], asked.interval),
        units=[(str(Unit.NUMBER), pgettext("unit", "Number")), (str(Unit.PERCENT), pgettext("unit", "Percent"))],
        formulas=_formulas(query, errors),
        rows=_rows(member, query, series, errors),
        errors=errors,
    )


def _fields(query: QueryDict, question: TrendQuestion) -> dict[str, str]:
    """What the address says, else the default. Days of a range stay where the reader left them."""
    asked = question.range
    short = f"{asked.count}{asked.unit[0]}" if isinstance(asked, Last) else "custom"
    days = ("", "") if isinstance(asked, Last) else (asked.first.isoformat(), asked.last.isoformat())
    return {
        "by": query.get("by", str(question.interval)),
        "range": query.get("range", short),
        "from": query.get("from", days[0]),
        "to": query.get("to", days[1]),
        "top": query.get("top", "5"),
        "compare": query.get("compare", str(question.compare)),
        "cumulative": query.get("cumulative", "").strip("0"),
        "smooth": query.get("smooth", "0"),
    }


def field_of(part: str) -> str:
    """The field where a wrong part is shown."""
    pieces = part.split(".")
    if pieces[0] == "filters":
        return ".".join(pieces[:2])
    if pieces[0] == "series" and len(pieces) > 3 and pieces[2] == "filters":
        return ".".join(pieces[:4])
    if pieces[0] in ("series", "formulas"):
        return ".".join(pieces[:2])
    return {"interval": "by", "smoothing": "smooth"}.get(pieces[0], pieces[0])


def _smoothings(chosen: str, interval: Interval) -> Choices:
    known = [str(each) for each in SMOOTHINGS]
    every = known if chosen in known else [*known, chosen]
    nothing = pgettext("moving average", "none")
    return [
        (each, words.periods(int(each), interval) if each.isdecimal() and each != "0" else nothing) for each in every
    ]


def _formulas(query: QueryDict, errors: dict[str, str]) -> list[FormulaRow]:
    texts, units = query.getlist("formula"), query.getlist("formula_unit")
    called = query.getlist("formula_name")
    found: list[FormulaRow] = []
    for place, text in enumerate(texts):
        if text.strip():
            unit = units[place] if place < len(units) else str(Unit.NUMBER)
            name = called[place] if place < len(called) else ""
            found.append(FormulaRow(text, unit, name, errors.get(f"formulas.{len(found)}", "")))
    empty = [FormulaRow("", str(Unit.NUMBER), "", "")] if len(found) < MOST_FORMULAS else []
    return [*found, *empty]


def _rows(member: Member, query: QueryDict, series: Sequence[SeriesRow], errors: dict[str, str]) -> list[FilterRow]:
    events = {row.name: row.event for row in series} | {"": series[0].event}
    places = {row.name: place for place, row in enumerate(series)}

    def error(of: str, place: int) -> str:
        return errors.get(f"series.{places[of]}.filters.{place}" if of in places else f"filters.{place}", "")

    return form_parts.filter_rows(member, address.rows(query), lambda of: events.get(of, ""), error)
