"""The form that builds a trend: what stands in each field, and what there is to choose from."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from evergrow.customers import hidden_names
from evergrow.insight import facts, queries
from evergrow.insight.conditions import VALUELESS, Check, Topic, parse_topic
from evergrow.insight.errors import BadQuestion
from evergrow.insight.event_names import EventNames
from evergrow.insight.period import Interval, Last
from evergrow.insight.trend import words
from evergrow.insight.trend.parse import is_asked
from evergrow.insight.trend.question import TrendQuestion
from evergrow.workspaces.models import Member, Workspace

RANGES = ["7d", "30d", "90d", "12w", "26w", "52w", "6m", "12m", "24m"]
TOPS = [3, 5, 10, 20]
LETTERS = {"d": Interval.DAY, "w": Interval.WEEK, "m": Interval.MONTH}

Choices = Sequence[tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class Row:
    """A filter as the form shows it; the last row is empty and adds one."""

    on: str
    check: str
    value: str
    values: Choices
    error: str

    @property
    def needs_value(self) -> bool:
        return self.check not in VALUELESS

    @property
    def is_pending(self) -> bool:
        """Begun, but not used yet."""
        return bool(self.on) and self.needs_value and not self.value


@dataclass(frozen=True, slots=True)
class Form:
    """Every field's value as typed, its choices, and sentences for what is wrong."""

    fields: dict[str, str]
    events: Choices
    measures: Choices
    intervals: Choices
    ranges: Choices
    comparisons: Choices
    checks: Choices
    topics: Sequence[tuple[str, Choices]]
    tops: Sequence[int]
    rows: Sequence[Row]
    errors: dict[str, str]


def build(
    member: Member,
    query: QueryDict,
    question: TrendQuestion | None,
    wrong: BadQuestion | None,
    names: EventNames,
    language: str,
) -> Form:
    """The form for an address: ``question`` when it could be read, else ``wrong`` says where not.

    Values to choose from come from all accounts, so only members who see them all are offered any.
    """
    workspace, offers_values = member.workspace, queries.limit(member) is None
    fields = _fields(query, question or TrendQuestion())
    errors = {_field_of(wrong.part): wrong.sentence} if wrong else {}
    return Form(
        fields=fields,
        events=_events(workspace, fields["event"], names, language),
        measures=[(str(measure), label) for measure, label in words.MEASURES.items()],
        intervals=[(str(interval), label) for interval, label in words.INTERVALS.items()],
        ranges=_ranges(fields["range"]),
        comparisons=[(str(comparison), label) for comparison, label in words.COMPARISONS.items()],
        checks=[(str(check), label) for check, label in words.CHECKS.items()],
        topics=_topics(workspace, fields, query),
        tops=TOPS,
        rows=_rows(workspace, query, fields["event"], errors, offers_values),
        errors=errors,
    )


def _fields(query: QueryDict, question: TrendQuestion) -> dict[str, str]:
    """What the address says, else the default. Days of a range stay where the reader left them."""
    asked, split = question.range, question.split
    short = f"{asked.count}{asked.unit[0]}" if isinstance(asked, Last) else "custom"
    days = ("", "") if isinstance(asked, Last) else (asked.first.isoformat(), asked.last.isoformat())
    return {
        "event": query.get("event", question.event),
        "measure": query.get("measure", str(question.measure)),
        "by": query.get("by", str(question.interval)),
        "range": query.get("range", short),
        "from": query.get("from", days[0]),
        "to": query.get("to", days[1]),
        "split": query.get("split", str(split.by) if split else ""),
        "top": query.get("top", str(split.top) if split else "5"),
        "compare": query.get("compare", str(question.compare)),
    }


def _field_of(part: str) -> str:
    """The field where a wrong part is shown."""
    if part.startswith("filters."):
        return ".".join(part.split(".")[:2])
    return {"interval": "by"}.get(part.split(".")[0], part.split(".")[0])


def _events(workspace: Workspace, chosen: str, names: EventNames, language: str) -> Choices:
    hidden = hidden_names.of(workspace, "events")
    seen = [each.event for each in queries.events_seen(workspace) if each.event not in hidden]
    if chosen and chosen not in seen:
        seen.append(chosen)
    return [("", names.shown("", language)), *((event, _named(event, names, language)) for event in seen)]


def _named(event: str, names: EventNames, language: str) -> str:
    shown = names.shown(event, language)
    return shown if shown == event else f"{shown} · {event}"


def _ranges(chosen: str) -> Choices:
    known = RANGES if chosen in [*RANGES, "custom"] else [*RANGES, chosen]
    return [*((short, _range_words(short)) for short in known), ("custom", _("From … to …"))]


def _range_words(short: str) -> str:
    count, unit = short[:-1], LETTERS.get(short[-1:])
    return words.last_words(Last(int(count), unit)) if unit and count.isdecimal() else short


def _topics(workspace: Workspace, fields: dict[str, str], query: QueryDict) -> Sequence[tuple[str, Choices]]:
    hidden = hidden_names.of(workspace, "properties")
    seen = queries.properties_seen(workspace, fields["event"])
    properties = [f"property.{key}" for key in seen if key not in hidden]
    used = [topic for topic in (*query.getlist("on"), fields["split"]) if topic.startswith("property.")]
    every = [*properties, *(topic for topic in dict.fromkeys(used) if topic not in properties)]
    of_accounts = [(f"account.{fact.key}", fact.label) for fact in facts.every()]
    found: list[tuple[str, Choices]] = [(pgettext("group of choices", "Account"), of_accounts)]
    if every:
        found.append((_("Property of the event"), [(topic, topic.partition(".")[2]) for topic in every]))
    return found


def _rows(workspace: Workspace, query: QueryDict, event: str, errors: dict[str, str], offers_values: bool) -> list[Row]:
    """The filters as typed, those begun without a value too, and an empty one to add."""
    rows = zip(query.getlist("on"), query.getlist("is"), query.getlist("value"), strict=False)
    found: list[Row] = []
    asked = 0
    for on, check, value in rows:
        choices = _values(workspace, on, check, event) if offers_values else ()
        row = Row(on, check, value, choices, errors.get(f"filters.{asked}", ""))
        if on:
            found.append(row)
        asked += is_asked(on, check, value)
    return [*found, Row("", str(Check.IS), "", (), "")]


def _values(workspace: Workspace, on: str, check: str, event: str) -> Choices:
    if check in VALUELESS:
        return ()
    try:
        topic: Topic = parse_topic(on, "on", facts.keys())
    except BadQuestion:
        return ()
    return queries.values_seen(workspace, topic, event)
