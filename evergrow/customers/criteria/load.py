"""One subject out of the stores, for the evaluator."""

from evergrow import warehouse
from evergrow.customers.criteria import memberships
from evergrow.customers.criteria.needs import Needs
from evergrow.customers.criteria.subjects import Happening, Place, Subject, make
from evergrow.customers.criteria.tree import ANY_EVENT, Kind
from evergrow.customers.criteria.values import EPOCH, Value
from evergrow.workspaces.models import Workspace


def subject(workspace: Workspace, kind: Kind, number: int, needs: Needs | None = None) -> Subject:
    """The subject with all its traits, events, segments, and the people or accounts that belong to it.

    With the ``needs`` of criteria only the events that these look at are read. A merged person's number gives the
    person that they belong to.
    """
    if kind == "person":
        number = _canonical(workspace, number)
    return _alone(workspace, kind, number, _events(needs))


def _canonical(workspace: Workspace, number: int) -> int:
    found = warehouse.scalar(
        "select argMax(to_person, version) from person_overrides"
        " where workspace_id = {workspace:UInt32} and from_person = {number:UInt32} having count() > 0",
        workspace=workspace.pk,
        number=number,
    )
    return number if found is None else int(found)


def _events(needs: Needs | None) -> list[str] | None:
    """The names of the events to read, ``None`` for all."""
    return None if needs is None or ANY_EVENT in needs.events else sorted(needs.events)


def _alone(workspace: Workspace, kind: Kind, number: int, events: list[str] | None) -> Subject:
    asked = {"workspace": workspace.pk, "kind": kind, "number": number}
    traits = {
        trait: Value(text, value, type_)
        for trait, text, value, type_ in warehouse.rows(warehouse.statement("customers", "subject_traits"), **asked)
    }
    rows = []
    if events is None or events:
        sql = warehouse.statement("customers", f"subject_events_of_{kind}")
        rows = warehouse.rows(sql, **asked, events=events or [], all=events is None)
    happenings = (
        Happening(at, sequence, (day - EPOCH).days, event, properties) for at, sequence, day, event, properties in rows
    )
    return make(
        kind,
        number,
        traits,
        happenings,
        segments=memberships.of(workspace, kind, number),
        load_places=lambda: _places(workspace, kind, number, events),
    )


def _places(workspace: Workspace, kind: Kind, number: int, events: list[str] | None) -> list[Place]:
    rows = warehouse.rows(
        warehouse.statement("customers", "subject_places"), workspace=workspace.pk, number=number, kind=kind
    )
    other: Kind = "account" if kind == "person" else "person"
    known: dict[int, Subject] = {}
    found = []
    for beside, roles, started_on, ended_on in rows:
        if beside not in known:
            known[beside] = _alone(workspace, other, beside, events)
        found.append(Place(known[beside], tuple(roles), started_on, ended_on))
    return found
