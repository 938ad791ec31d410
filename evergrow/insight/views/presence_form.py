"""The forms of lifecycle, stickiness and engagement: what stands in each field, and what there is to choose from."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import get_language

from evergrow.insight.conditions import Check
from evergrow.insight.errors import BadQuestion
from evergrow.insight.event_names import EventNames
from evergrow.insight.presence import words
from evergrow.insight.trend.words import CHECKS
from evergrow.insight.views import form_parts
from evergrow.insight.views.form_parts import Choices, FilterRow
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
        subjects=form_parts.choices(words.SUBJECTS),
        intervals=form_parts.choices(words.INTERVALS),
        ranges=form_parts.ranges(RANGES, fields["range"]),
        checks=form_parts.choices(CHECKS),
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
    tests = query.getlist("is") or [str(Check.IS)]
    typed = (("", *each) for each in zip(query.getlist("on"), tests, query.getlist("value"), strict=False))
    return form_parts.filter_rows(
        member, typed, lambda _of: event, lambda _of, place: errors.get(f"filters.{place}", "")
    )
