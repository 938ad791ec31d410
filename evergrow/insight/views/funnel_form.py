"""The form that builds a funnel: what stands in each field, and what there is to choose from."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from evergrow.customers.segments import chosen
from evergrow.insight.errors import BadQuestion
from evergrow.insight.event_names import EventNames
from evergrow.insight.funnel import address, words
from evergrow.insight.funnel.groups import segment_kind
from evergrow.insight.funnel.question import MOST_STEPS, Attribution, FunnelQuestion, Step
from evergrow.insight.funnel.result import FunnelResult
from evergrow.insight.period import Interval, Last
from evergrow.insight.trend.words import CHECKS, INTERVALS
from evergrow.insight.views import form_parts
from evergrow.insight.views.form_parts import Choices, FilterRow
from evergrow.workspaces.models import Member

RANGES = ["7d", "14d", "30d", "90d", "12w", "26w", "6m", "12m"]
TOPS = [3, 5, 10, 20]
PERIODS = (Interval.DAY, Interval.WEEK, Interval.MONTH)
NOTHING_ASKED = FunnelQuestion((Step(""), Step("")))


@dataclass(frozen=True, slots=True)
class StepRow:
    """A step as typed; ``place`` counts from 1. The last row is empty and adds one."""

    place: int
    event: str
    is_optional: bool
    is_new: bool
    can_be_optional: bool


@dataclass(frozen=True, slots=True)
class NotRow:
    """An excluded event as typed; the last row is empty and adds one."""

    place: int
    event: str
    after: str
    before: str


@dataclass(frozen=True, slots=True)
class Form:
    """Every field's value as typed, its choices, and sentences for what is wrong."""

    fields: dict[str, str]
    step_rows: Sequence[StepRow]
    not_rows: Sequence[NotRow]
    drops_subject: bool
    events: Choices
    numbers: Sequence[int]
    subjects: Choices
    orders: Choices
    starts: Choices
    countings: Choices
    units: Choices
    ranges: Choices
    periods: Choices
    attributions: Choices
    properties: Choices
    checks: Choices
    steps: Choices
    topics: Sequence[tuple[str, Choices]]
    tops: Sequence[int]
    rows: Sequence[FilterRow]
    errors: dict[str, str]
    has_options: bool
    groups: Sequence[tuple[str, Choices]] = ()


def build(
    member: Member,
    query: QueryDict,
    question: FunnelQuestion | None,
    wrong: BadQuestion | None,
    names: EventNames,
    language: str,
    result: FunnelResult | None = None,
) -> Form:
    """The form for an address: ``question`` when it could be read, else ``wrong`` says where not.

    Values to choose from come from all accounts, so only members who see them all are offered any.
    """
    workspace = member.workspace
    fields = _fields(query, question or NOTHING_ASKED)
    errors = {_field_of(wrong.part): wrong.sentence} if wrong else {}
    topics = form_parts.topics(workspace, "", [*query.getlist("on"), fields["split"], f"property.{fields['hold']}"])
    step_rows = _step_rows(query)
    chosen = [row.event for row in step_rows if row.event]
    not_rows = _not_rows(query, len(chosen))
    events = form_parts.events(workspace, [*chosen, *(row.event for row in not_rows)], names, language)
    return Form(
        fields=fields,
        step_rows=step_rows,
        not_rows=not_rows,
        drops_subject=bool(query.get("drop")),
        events=events[1:],
        numbers=range(1, max(len(chosen), 2) + 1),
        subjects=form_parts.choices(words.SUBJECTS),
        orders=form_parts.choices(words.ORDERS),
        starts=form_parts.choices(words.STARTS),
        countings=form_parts.choices(words.COUNTINGS),
        units=form_parts.choices(words.UNITS),
        ranges=form_parts.ranges(RANGES, fields["range"]),
        periods=[("", _("not over time")), *((str(each), INTERVALS[each]) for each in PERIODS)],
        attributions=_attributions(len(chosen)),
        properties=_properties(topics),
        checks=form_parts.choices(CHECKS),
        steps=_whose(step_rows, not_rows),
        topics=topics,
        tops=TOPS,
        rows=form_parts.filter_rows(
            member,
            address.filter_rows(query),
            lambda _of: "",
            lambda of, place: errors.get(f"filter.{of}.{place}", ""),
        ),
        errors=errors,
        has_options=_has_options(fields, not_rows),
        groups=_groups(member, question or NOTHING_ASKED, result, language),
    )


def _fields(query: QueryDict, question: FunnelQuestion) -> dict[str, str]:
    """What the address says, else the default. Days of a range stay where the reader left them."""
    asked, split = question.range, question.split
    short = f"{asked.count}{asked.unit[0]}" if isinstance(asked, Last) else "custom"
    days = ("", "") if isinstance(asked, Last) else (asked.first.isoformat(), asked.last.isoformat())
    known = {name: str(getattr(question, name)) for name in ("subject", "order", "start", "counting", "hold")}
    known |= {"window": str(question.window.count), "unit": str(question.window.unit)}
    known |= {"range": short, "from": days[0], "to": days[1], "over": str(question.over or "")}
    known |= {"split": str(split.by) if split else "", "top": str(split.top) if split else "5", "by": "first"}
    known |= dict(zip(("one", "two"), map(str, question.versus or ("", "")), strict=True))
    return {name: query.get(name, value) for name, value in known.items()}


def _field_of(part: str) -> str:
    """The field where a wrong part is shown."""
    pieces = part.split(".")
    if "filters" in pieces:
        place = pieces.index("filters")
        whose = {"steps": "", "exclusions": "e"}.get(pieces[0])
        of = "" if whose is None else f"{whose}{int(pieces[1]) + 1}"
        return f"filter.{of}.{pieces[place + 1] if place + 1 < len(pieces) else 0}"
    if pieces[0] == "against":
        return f"filter.{address.AGAINST}.{pieces[1] if len(pieces) > 1 else 0}"
    return pieces[0]


def _step_rows(query: QueryDict) -> list[StepRow]:
    """The steps as typed, at least two, and an empty one to add where there is room."""
    events = [event for event in query.getlist("step") if event]
    optional = {
        number
        for number, place in enumerate((p for p, event in enumerate(query.getlist("step"), 1) if event), 1)
        if str(place) in query.getlist("optional")
    }
    rows = [
        StepRow(place, event, place in optional, is_new=False, can_be_optional=1 < place < len(events))
        for place, event in enumerate(events, 1)
    ]
    wanted = max(2, min(len(rows) + 1, MOST_STEPS))
    return rows + [
        StepRow(place, "", is_optional=False, is_new=place > 2, can_be_optional=False)
        for place in range(len(rows) + 1, wanted + 1)
    ]


def _not_rows(query: QueryDict, size: int) -> list[NotRow]:
    rows = zip(query.getlist("not"), query.getlist("after"), query.getlist("before"), strict=False)
    found = [each for each in rows if each[0]]
    last = str(max(size, 2))
    return [NotRow(place, *each) for place, each in enumerate([*found, ("", "1", last)], 1)]


def _groups(
    member: Member, question: FunnelQuestion, result: FunnelResult | None, language: str
) -> list[tuple[str, Choices]]:
    """The groups that may be compared with each other: parts that are shown, and segments of these."""
    parts: list[tuple[str, str]] = []
    if result is not None:
        parts = [(f"part:{each.part.code}", words.part(each.part, result, language)) for each in result.parts]
    kept = [(f"segment:{key}", name) for key, name in chosen.choices(segment_kind(question))(member.workspace)]
    return [group for group in ((_("Parts of the breakdown"), parts), (_("Segments"), kept)) if group[1]]


def _attributions(size: int) -> Choices:
    return [
        (str(Attribution.FIRST), _("value at the first step")),
        (str(Attribution.LAST), _("value at the last step reached")),
        *((f"step.{place}", _("value at step %(n)s") % {"n": place}) for place in range(1, max(size, 2) + 1)),
        (str(Attribution.ALL), _("each value a funnel of its own")),
    ]


def _properties(topics: Sequence[tuple[str, Choices]]) -> Choices:
    """Properties that may be held constant."""
    keys = (key.partition(".")[2] for _group, choices in topics for key, _label in choices if key.startswith("prop"))
    return [(key, key) for key in dict.fromkeys(keys) if key]


def _whose(step_rows: Sequence[StepRow], not_rows: Sequence[NotRow]) -> Choices:
    """Which event a filter belongs to."""
    return [
        ("", _("all steps")),
        *((str(row.place), _("step %(n)s") % {"n": row.place}) for row in step_rows if row.event),
        *((f"e{row.place}", _("excluded event %(n)s") % {"n": row.place}) for row in not_rows if row.event),
        (address.AGAINST, _("the group to compare with")),
    ]


def _has_options(fields: dict[str, str], not_rows: Sequence[NotRow]) -> bool:
    """Whether anything behind “More options” is not as usual, so that it is shown at once."""
    usual = {"start": "latest", "counting": "unique", "hold": "", "over": "", "one": "", "two": ""}
    return len(not_rows) > 1 or any(fields[name] != value for name, value in usual.items())
