"""Who changed what in an activity, as it is read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from evergrow.customers.models import (
    ActivityKind,
    Direction,
    Visibility,
    Visit,
    VisitState,
)
from evergrow.workspaces.models import Member

CHOICES: dict[str, Any] = {
    "kind": ActivityKind,
    "direction": Direction,
    "visibility": Visibility,
    "state": VisitState,
    "sentiment": Visit.Sentiment,
}


@dataclass(frozen=True, slots=True)
class Line:
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Edit:
    at: datetime
    by: Member | None
    lines: list[Line]


def of(visit: Visit) -> list[Edit]:
    """The changes of a record, the latest first."""
    rows = visit.edits.select_related("by__user").order_by("-at", "-pk")
    return [Edit(row.at, row.by, [_line(visit, *each) for each in row.changes.items()]) for row in rows[:100]]


def _line(visit: Visit, name: str, pair: list[Any]) -> Line:
    labels = {"state": _("state"), "starts_at": _("begin")}
    label = labels.get(name) or str(Visit._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    before, after = (_said(visit, name, value) for value in pair)
    return Line(label, before, after)


def _said(visit: Visit, name: str, value: Any) -> str:
    if value is None or value == "":
        return "—"
    if name in CHOICES:
        return str(CHOICES[name](value).label)
    if name == "starts_at":
        return f"{datetime.fromisoformat(value).astimezone(visit.account.workspace.tz):%Y-%m-%d %H:%M}"
    return str(value)
