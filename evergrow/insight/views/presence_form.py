"""The forms of lifecycle, stickiness and engagement: what stands in each field, and what there is to choose from."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import get_language

from evergrow.insight import queries
from evergrow.insight.conditions import Check
from evergrow.insight.errors import BadQuestion
from evergrow.insight.event_names import EventNames
from evergrow.insight.presence import words
from evergrow.insight.trend.parse import is_asked
from evergrow.insight.trend.words import CHECKS
from evergrow.insight.views import form_parts
from evergrow.insight.views.form_parts import NO_FILTER, Choices, FilterRow
from evergrow.workspaces.models import Member

RANGES = ["7d", "30d", "90d", "12w", "26w", "52w", "6m", "12m", "24m"]


@dataclass(frozen=True, slots=True)
class Form:
    """Every field's value as typed, the choices that all three have, and sentences for what is wrong.

    ``choices`` are those of fields that only one of them has, by field.
    """

    fields: dict[str, str]
    events: Choices
    subjects: Choices
    intervals: Choices
    ranges: Choices
    checks: Choices
    topics: Sequence[tuple[str, Choices]]
    rows: Sequence[FilterRow]
    errors: dict[str, str]
    choices: dict[str, Choices]
    steps: Choices = ()

    @property
    def is_pending(self) -> bool:
        """A filter was begun and is not used yet."""
        return any(row.is_pending for row in self.rows)


def build(
    member: Member,
    query: QueryDict,
    default: str,
    wrong: BadQuestion | None,
    names: EventNames,
    choices: dict[str, Choices],
) -> Form:
    """The form for an address; ``default`` is the address of the question, or of the default one, whose values stand
    where the address names none.

    Values to choose from come from all accounts, so only members who see them all are offered any.
    """
    workspace = member.workspace
    fields = {"event": "", "from": "", "to": ""} | QueryDict(default).dict() | _typed(query)
    errors = {_field_of(wrong.part): wrong.sentence} if wrong else {}
    return Form(
        fields=fields,
        events=form_parts.events(workspace, [fields["event"]], names, get_language() or "en"),
        subjects=[(str(subject), label) for subject, label in words.SUBJECTS.items()],
        intervals=[(str(interval), label) for interval, label in words.INTERVALS.items()],
        ranges=form_parts.ranges(RANGES, fields["range"]),
        checks=[(str(check), label) for check, label in CHECKS.items()],
        topics=form_parts.topics(workspace, fields["event"], query.getlist("on")),
        rows=_rows(member, query, fields["event"], errors),
        errors=errors,
        choices=choices,
    )


def _typed(query: QueryDict) -> dict[str, str]:
    return {name: str(query[name]) for name in query}


def _field_of(part: str) -> str:
    """The field where a wrong part is shown."""
    if part.startswith("filters."):
        return ".".join(part.split(".")[:2])
    return {"interval": "by"}.get(part.split(".")[0], part.split(".")[0])


def _rows(member: Member, query: QueryDict, event: str, errors: dict[str, str]) -> list[FilterRow]:
    """The filters as typed, those begun without a value too, and an empty one to add."""
    offers_values = queries.limit(member) is None
    found: list[FilterRow] = []
    asked = 0
    rows = zip(query.getlist("on"), query.getlist("is") or [str(Check.IS)], query.getlist("value"), strict=False)
    for on, check, value in rows:
        choices = form_parts.values(member.workspace, on, check, event) if offers_values else ()
        if on:
            found.append(FilterRow("", on, check, value, choices, errors.get(f"filters.{asked}", "")))
        asked += is_asked(on, check, value)
    return [*found, NO_FILTER]
