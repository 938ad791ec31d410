"""A person's events: counted, handed out, erased from every table, the daily counts made right."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from evergrow import warehouse
from evergrow.customers.privacy import registry
from evergrow.customers.privacy.registry import Holder, Row
from evergrow.customers.privacy.subject import Subject
from evergrow.intake.events import alone
from evergrow.intake.personal import retention
from evergrow.lib.batches import batched
from evergrow.workspaces.models import Workspace

PART = 5_000
ROLLUPS = ("activity", "account_day", "property_days", "property_people")


def count(subject: Subject) -> int:
    if not subject.numbers:
        return 0
    found = warehouse.scalar(_sql("person_event_count"), workspace_id=subject.workspace_id, numbers=subject.numbers)
    return int(found or 0)


def rows(subject: Subject) -> Iterable[Row]:
    """Every event, oldest first."""
    names = ("at", "event", "account", "distinct_id", "message_id", "properties", "source", "received_at")
    skip = 0
    while True:
        found = warehouse.rows(
            _sql("person_all_events"),
            workspace_id=subject.workspace_id,
            numbers=subject.numbers,
            most=PART,
            skip=skip,
        )
        for row in found:
            yield {**dict(zip(names, row, strict=True)), "properties": dict(row[5])}
        if len(found) < PART:
            return
        skip += PART


def erase(subject: Subject) -> int:
    """Delete the events, scrub what others' events say of the person, and count the touched days again."""
    workspace = Workspace.objects.get(pk=subject.workspace_id)
    mine: dict[str, Any] = {"workspace_id": workspace.pk, "numbers": subject.numbers}
    gone = count(subject)
    with alone(workspace):
        if subject.numbers:
            _run("erase_events", **mine)
            _run("erase_events_on_the_move", **mine)
            _run("erase_from_person_accounts", **mine)
        if subject.ids:
            _run("erase_distinct_ids", workspace_id=workspace.pk, ids=subject.ids)
        if subject.words:
            said = {"workspace_id": workspace.pk, "words": subject.spellings}
            for name in ("erase_properties", "erase_samples", "erase_plan_samples"):
                _run(name, **said)
            _sets_again(said)
        if subject.numbers:
            _count_again(workspace, mine)
        warehouse.touch(workspace.pk)
    return gone


def _count_again(workspace: Workspace, mine: dict[str, Any]) -> None:
    """Days whose events retention took away cannot be counted again: there only the person leaves the sets."""
    touched: list[tuple[str, date]] = warehouse.rows(_sql("person_touched"), **mine)
    is_thinned = retention.thinned(workspace)
    renew(workspace, [(event, day) for event, day in touched if not is_thinned(event, day)])
    _run("erase_from_activity", **mine)
    _run("erase_from_account_day", **mine)
    _run("erase_from_property_people", **mine)


def _sets_again(said: dict[str, Any]) -> None:
    """Sets of a value that held one of the words; of days whose events are gone they go as well."""
    saying: list[tuple[str, date]] = warehouse.rows(_sql("property_people_saying"), **said)
    for part in batched([f"{event}|{day.isoformat()}" for event, day in saying], 2_000):
        for step in ("retire", "renew"):
            _run(f"{step}_property_people", workspace_id=said["workspace_id"], keys=part)


def renew(workspace: Workspace, pairs: Iterable[tuple[str, date]]) -> None:
    """Build the counts of these events and days again from the events that are left."""
    for part in batched([f"{event}|{day.isoformat()}" for event, day in pairs], 2_000):
        for rollup in ROLLUPS:
            _run(f"retire_{rollup}", workspace_id=workspace.pk, keys=part)
            _run(f"renew_{rollup}", workspace_id=workspace.pk, keys=part)


def _sql(name: str) -> str:
    return warehouse.statement("intake", name)


def _run(name: str, **params: Any) -> None:
    warehouse.execute(_sql(name), **params)


COUNTED_AGAIN = _("Counted again for the touched days without the person.")
registry.add(Holder("intake.events", _("Events"), count, rows, erase, position=10))
registry.table("events", _("The person's events are deleted; mentions in others' events are replaced."))
registry.table("events_on_the_move", _("The person's events are deleted."))
for name in ROLLUPS:
    registry.table(name, COUNTED_AGAIN)
registry.table("person_accounts", _("The person's row is deleted."))
registry.table("plan_samples", _("Kept messages that mention the person are deleted."))
