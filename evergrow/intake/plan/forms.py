"""What was typed into the plan's forms, as the actions take it. The actions decide whether it can be done."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from evergrow.intake.plan import kinds
from evergrow.intake.plan.actions import Facts
from evergrow.intake.plan.definition import LISTS, EventPlan, WorkspaceRules
from evergrow.intake.plan.seen import PropertyRow
from evergrow.workspaces.models import Member, Workspace

BLANK_ROWS = 3
MOST_ROWS = 500  # so that a form stays below the number of fields that a request may have
MOST_SEEN = 130  # of those that are only seen, as many as fit beside the planned ones
SEPARATOR = "|"


@dataclass(slots=True)
class Row:
    """A line of the editor: one property, as typed. ``seen`` says what is known of it."""

    name: str = ""
    is_planned: bool = False
    type: str = kinds.ANY
    required: bool = False
    values: str = ""
    pattern: str = ""
    min: str = ""
    max: str = ""
    seen: PropertyRow | None = None

    @property
    def is_blank(self) -> bool:
        return not self.name

    def as_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {"type": self.type, "required": self.required}
        values = [value.strip() for value in self.values.split(SEPARATOR)]
        return found | {
            "values": [value for value in values if value],
            "pattern": self.pattern,
            "min": _number(self.min),
            "max": _number(self.max),
        }


def rows_of(plan: EventPlan, seen: list[PropertyRow]) -> list[Row]:
    """The editor's lines: the plan's properties, then others that were seen, then blank ones."""
    known = {row.name: row for row in seen}
    rows = [
        Row(
            name, True, rule.type, rule.required, f" {SEPARATOR} ".join(rule.values), rule.pattern,
            _typed(rule.min), _typed(rule.max), known.get(name),
        )
        for name, rule in sorted(plan.properties.items())
    ]  # fmt: skip
    others = [row for row in seen if row.name not in plan.properties and row.times]
    rows += [Row(row.name, False, _likely(row), seen=row) for row in others[: max(0, MOST_SEEN - len(rows))]]
    return rows + [Row(is_planned=True) for _ in range(BLANK_ROWS)]


def rows_typed(post: QueryDict, seen: list[PropertyRow]) -> list[Row]:
    """The lines as they were sent."""
    known = {row.name: row for row in seen}
    rows = []
    for number in range(MOST_ROWS + BLANK_ROWS):
        if f"name-{number}" not in post:
            break
        name = post.get(f"name-{number}", "").strip()
        texts = {part: post.get(f"{part}-{number}", "").strip() for part in ("values", "pattern", "min", "max")}
        is_planned, required = f"planned-{number}" in post, f"required-{number}" in post
        kind = post.get(f"type-{number}", kinds.ANY)
        rows.append(Row(name, is_planned, kind, required, **texts, seen=known.get(name)))
    return rows


def definition_typed(post: QueryDict, rows: list[Row]) -> dict[str, Any]:
    """The plan of an event as it was sent."""
    found: dict[str, Any] = {"mode": post.get("mode", ""), "unplanned": post.get("unplanned", "")}
    found["properties"] = {row.name: row.as_json() for row in rows if row.is_planned and not row.is_blank}
    return found | lists_typed(post)


def rules_typed(post: QueryDict) -> dict[str, Any]:
    """The rules for everything as they were sent."""
    names = ("unplanned_events", "unplanned_properties", "ip", "email", "phone")
    return {name: post.get(name, "") for name in names} | lists_typed(post)


def lists_typed(post: QueryDict) -> dict[str, list[str]]:
    """The lists of names, one a line or separated by commas."""
    found = {}
    for which in LISTS:
        names = (name.strip() for name in re.split(r"[\r\n,，、]+", post.get(which, "")))
        found[which] = list(dict.fromkeys(name for name in names if name))
    return found


def lists_of(plan: EventPlan | WorkspaceRules) -> dict[str, str]:
    """The lists of names as a form shows them."""
    return {which: "\n".join(getattr(plan.privacy, which)) for which in LISTS}


def facts_typed(post: QueryDict, members: Mapping[int, Member]) -> Facts:
    """What was said of a name."""
    owner = post.get("owner", "")
    return Facts(
        description={"zh": post.get("description_zh", ""), "en": post.get("description_en", "")},
        owner=members.get(int(owner)) if owner.isascii() and owner.isdigit() else None,
        tags=re.split(r"[,，、]", post.get("tags", "")),
        is_deprecated="deprecated" in post,
        is_hidden="hidden" in post,
    )


def members_of(workspace: Workspace) -> dict[int, Member]:
    """The workspace's members by their key, for the choice of an owner."""
    rows = Member.objects.filter(workspace=workspace, left_at=None).select_related("user").order_by("user__name", "pk")
    return {member.pk: member for member in rows}


def _likely(row: PropertyRow) -> str:
    known = kinds.names(row.bits)
    return known[0] if len(known) == 1 else kinds.ANY


def _number(text: str) -> Any:
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        return text


def _typed(value: float | None) -> str:
    return "" if value is None else f"{value:.15g}"
