"""What watched traits were over time, so that a change can be told from what was before.

Scores and bands have a history of their own; for every other trait that a published rule watches, a row is kept for
each day on which somebody's value changed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from evergrow import warehouse
from evergrow.customers.criteria import mirror
from evergrow.customers.models import Account, Person
from evergrow.success.models import SignalRuleVersion, VersionState, WatchedValue
from evergrow.workspaces.models import Workspace

KEPT_DAYS = 400
HEALTH = {"health.score", "health.band"}


@dataclass(frozen=True, slots=True)
class Value:
    """A value as text, and as a number where it reads as one."""

    text: str
    number: float | None


def now(workspace: Workspace, kind: str, trait: str) -> dict[int, Value]:
    """Everybody's value now, by number. Raises warehouse.StoreUnavailable."""
    mirror.refresh(workspace)
    sql = warehouse.statement("success", "watched_now")
    rows = warehouse.rows(sql, workspace=workspace.pk, kind=kind, trait=trait)
    return {subject: Value(text, number) for subject, text, number in rows if text != ""}


def then(workspace: Workspace, kind: str, trait: str, since: date) -> dict[int, Value]:
    """Everybody's value at the end of ``since``; who was not known then, at the first day known after it."""
    if trait in HEALTH and kind == "account":
        return _health_then(workspace, trait, since)
    field = "account__number" if kind == "account" else "person__number"
    rows = WatchedValue.objects.filter(workspace=workspace, trait=trait).filter(**{f"{kind}__isnull": False})
    found: dict[int, tuple[date, Value]] = {}
    for number, day, text, value in rows.order_by("day").values_list(field, "day", "text", "number"):
        if number not in found or day <= since:
            found[number] = (day, Value(text, value))
    return {number: value for number, (_, value) in found.items()}


def _health_then(workspace: Workspace, trait: str, since: date) -> dict[int, Value]:
    rows = warehouse.rows(
        warehouse.statement("health", "bands_at"),
        workspace_id=workspace.pk,
        since=since - timedelta(days=62),
        until=since,
    )
    if trait == "health.band":
        return {row[0]: Value(row[5], None) for row in rows}
    return {row[0]: Value(f"{row[3]:g}", row[3]) for row in rows if row[3] == row[3]}


def watched(workspace: Workspace) -> set[tuple[str, str]]:
    """The traits, as (kind, name), whose changes published rules look at."""
    rows = SignalRuleVersion.objects.filter(rule__workspace=workspace, state=VersionState.PUBLISHED)
    rows = rows.filter(rule__built_in="", rule__retired_at=None)
    found = set()
    for definition in rows.values_list("definition", flat=True):
        trait = definition.get("way") == "change" and (definition.get("change") or {}).get("trait")
        if trait:
            found.add(("person" if definition.get("subject") == "person" else "account", str(trait)))
    return {pair for pair in found if pair[1] not in HEALTH or pair[0] == "person"}


def remember(workspace: Workspace) -> int:
    """Write down the values of watched traits that changed since the last time; how many. Safe to run again."""
    today, wanted = workspace.today(), watched(workspace)
    total = sum(_remember(workspace, kind, trait, today) for kind, trait in sorted(wanted))
    rows = WatchedValue.objects.filter(workspace=workspace)
    rows.exclude(trait__in={trait for _, trait in wanted}).filter(day__lt=today - timedelta(days=KEPT_DAYS)).delete()
    return total


def _remember(workspace: Workspace, kind: str, trait: str, today: date) -> int:
    before = then(workspace, kind, trait, today)
    fresh = {number: value for number, value in now(workspace, kind, trait).items() if before.get(number) != value}
    keys = _keys(workspace, kind, fresh)
    rows = [
        WatchedValue(
            workspace=workspace,
            **{f"{kind}_id": keys[number]},
            trait=trait,
            day=today,
            text=value.text[:400],
            number=value.number,
        )
        for number, value in fresh.items()
        if number in keys
    ]
    WatchedValue.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["trait", kind, "day"],
        update_fields=["text", "number"],
    )
    return len(rows)


def _keys(workspace: Workspace, kind: str, numbers: Mapping[int, Any]) -> dict[int, int]:
    model: Any = Account if kind == "account" else Person
    rows: Iterable[tuple[int, int]] = model.objects.filter(workspace=workspace).values_list("number", "pk")
    return {number: pk for number, pk in rows if number in numbers}
