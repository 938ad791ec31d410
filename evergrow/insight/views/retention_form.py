"""The form that builds a retention question: what stands in each field, and what there is to choose from."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from evergrow.insight.errors import BadQuestion
from evergrow.insight.event_names import EventNames
from evergrow.insight.period import Last
from evergrow.insight.retention import parse, words
from evergrow.insight.retention.question import USUAL_BRACKETS, RetentionQuestion
from evergrow.insight.trend.words import CHECKS
from evergrow.insight.views import form_parts
from evergrow.insight.views.form_parts import Choices, FilterRow
from evergrow.workspaces.models import Member

RANGES = ["7d", "14d", "30d", "8w", "12w", "26w", "6m", "12m", "24m"]
PERIODS = [3, 6, 8, 12, 14, 24, 30, 60, 90]
TOPS = [3, 5, 10, 20]

STEPS = ("start", "back")


@dataclass(frozen=True, slots=True)
class Form:
    """Every field's value as typed, its choices, and sentences for what is wrong."""

    fields: dict[str, str]
    events: Choices
    subjects: Choices
    cohorts: Choices
    clocks: Choices
    returning: Choices
    intervals: Choices
    ranges: Choices
    periods: Choices
    properties: Choices
    checks: Choices
    steps: Choices
    topics: Sequence[tuple[str, Choices]]
    tops: Sequence[int]
    rows: Sequence[FilterRow]
    errors: dict[str, str]


def build(
    member: Member,
    query: QueryDict,
    question: RetentionQuestion | None,
    wrong: BadQuestion | None,
    names: EventNames,
    language: str,
) -> Form:
    """The form for an address: ``question`` when it could be read, else ``wrong`` says where not.

    Values to choose from come from all accounts, so only members who see them all are offered any.
    """
    workspace = member.workspace
    fields = _fields(query, question or RetentionQuestion())
    errors = {_field_of(wrong.part): wrong.sentence} if wrong else {}
    topics = form_parts.topics(workspace, "", [*query.getlist("on"), fields["split"]])
    return Form(
        fields=fields,
        events=form_parts.events(workspace, [fields["start"], fields["back"]], names, language),
        subjects=form_parts.choices(words.SUBJECTS),
        cohorts=form_parts.choices(words.COHORTS),
        clocks=form_parts.choices(words.CLOCKS),
        returning=form_parts.choices(words.RETURNING),
        intervals=form_parts.choices(words.INTERVAL_WORDS),
        ranges=form_parts.ranges(RANGES, fields["range"]),
        periods=_periods(fields["periods"]),
        properties=_properties(topics, fields["sum"]),
        checks=form_parts.choices(CHECKS),
        steps=[
            ("", _("both events")),
            ("start", pgettext("retention", "the start")),
            ("back", pgettext("retention", "the return")),
        ],
        topics=topics,
        tops=TOPS,
        rows=_rows(member, query, errors),
        errors=errors,
    )


def _fields(query: QueryDict, question: RetentionQuestion) -> dict[str, str]:
    """What the address says, else the default. Days of a range stay where the reader left them."""
    asked, split = question.range, question.split
    short = f"{asked.count}{asked.unit[0]}" if isinstance(asked, Last) else "custom"
    days = ("", "") if isinstance(asked, Last) else (asked.first.isoformat(), asked.last.isoformat())
    known = {name: str(getattr(question, part)) for part, name in parse.NAMES.items()}
    known |= {"start": question.start.event, "back": question.back.event, "range": short}
    known |= {"from": days[0], "to": days[1], "brackets": parse.write_brackets(question.brackets or USUAL_BRACKETS)}
    known |= {"split": str(split.by) if split else "", "top": str(split.top) if split else "5"}
    return {name: query.get(name, value) for name, value in known.items()}


def _field_of(part: str) -> str:
    """The field where a wrong part is shown."""
    pieces = part.split(".")
    if "filters" in pieces[:2]:
        return ".".join(pieces[: pieces.index("filters") + 2])
    return parse.NAMES.get(pieces[0], pieces[0])


def _periods(chosen: str) -> Choices:
    known = sorted({*PERIODS, *([int(chosen)] if chosen.isdecimal() and len(chosen) < 5 else [])})
    return [(str(each), str(each)) for each in known]


def _properties(topics: Sequence[tuple[str, Choices]], chosen: str) -> Choices:
    """Properties whose sum may be asked for."""
    found = [key.partition(".")[2] for _group, choices in topics for key, _label in choices if key.startswith("prop")]
    return [(each, each) for each in dict.fromkeys([*found, *([chosen] if chosen else [])])]


def _rows(member: Member, query: QueryDict, errors: dict[str, str]) -> list[FilterRow]:
    typed = ((of if of in STEPS else "", on, test, value) for of, on, test, value in parse.filter_rows(query))

    def error(of: str, place: int) -> str:
        return errors.get(f"{of}.filters.{place}" if of else f"filters.{place}", "")

    return form_parts.filter_rows(member, typed, lambda of: query.get(of, "") if of else "", error)
