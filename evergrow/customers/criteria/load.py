"""One subject out of the stores, for the evaluator."""

from collections.abc import Sequence
from functools import partial

from evergrow import warehouse
from evergrow.customers.criteria import memberships, mirror
from evergrow.customers.criteria.needs import Needs
from evergrow.customers.criteria.subjects import Happening, Place, Subject, make
from evergrow.customers.criteria.tree import ANY_EVENT, Kind
from evergrow.customers.criteria.values import EPOCH, Value
from evergrow.customers.models import Account
from evergrow.workspaces.models import Workspace


def subject(workspace: Workspace, kind: Kind, number: int, needs: Needs | None = None) -> Subject:
    """The subject with all its traits, events, segments, and the people or accounts that belong to it.

    With the ``needs`` of criteria only the events that these look at are read. The number of somebody who was merged
    gives the person, or the account, that they belong to.
    """
    mirror.refresh(workspace)
    number = _canonical(workspace, number) if kind == "person" else _firm_now(workspace, number)
    return _several(workspace, kind, [number], _events(needs))[number]


def _canonical(workspace: Workspace, number: int) -> int:
    found = warehouse.scalar(
        "select argMax(to_person, version) from person_overrides"
        " where workspace_id = {workspace:UInt32} and from_person = {number:UInt32} having count() > 0",
        workspace=workspace.pk,
        number=number,
    )
    return number if found is None else int(found)


def _firm_now(workspace: Workspace, number: int) -> int:
    merged = Account.everyone.filter(workspace=workspace, number=number).exclude(merged_into=None)
    return merged.values_list("merged_into__number", flat=True).first() or number


def _events(needs: Needs | None) -> list[str] | None:
    """The names of the events to read, ``None`` for all."""
    return None if needs is None or ANY_EVENT in needs.events else sorted(needs.events)


def _several(workspace: Workspace, kind: Kind, numbers: Sequence[int], events: list[str] | None) -> dict[int, Subject]:
    """Subjects by number, with two questions for all of them."""
    asked = {"workspace": workspace.pk, "numbers": list(numbers)}
    traits: dict[int, dict[str, Value]] = {number: {} for number in numbers}
    sql = warehouse.statement("customers", "subject_traits")
    for number, trait, text, value, reads_as in warehouse.rows(sql, **asked, kind=kind):
        traits[number][trait] = Value(text, value, reads_as)
    done: dict[int, list[Happening]] = {number: [] for number in numbers}
    if events is None or events:
        sql = warehouse.statement("customers", f"subject_events_of_{kind}")
        rows = warehouse.rows(sql, **asked, events=events or [], all=events is None)
        for number, at, sequence, day, event, properties in rows:
            if number in done:
                done[number].append(Happening(at, sequence, (day - EPOCH).days, event, properties))
    return {
        number: make(
            kind,
            number,
            traits[number],
            done[number],
            segments=memberships.of(workspace, kind, number),
            load_places=partial(_places, workspace, kind, number, events),
        )
        for number in numbers
    }


def _places(workspace: Workspace, kind: Kind, number: int, events: list[str] | None) -> list[Place]:
    sql = warehouse.statement("customers", "subject_places")
    rows = warehouse.rows(sql, workspace=workspace.pk, number=number, kind=kind)
    other: Kind = "account" if kind == "person" else "person"
    known = _several(workspace, other, sorted({row[0] for row in rows}), events) if rows else {}
    return [Place(known[beside], tuple(roles), started_on, ended_on) for beside, roles, started_on, ended_on in rows]
