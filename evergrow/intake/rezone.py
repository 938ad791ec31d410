"""A workspace moved to another time zone: every event goes to the day on which it fell there.

A day is part of the order in which events are stored, so it cannot be changed in place. The events that change their
day are copied aside, taken out, and put back; the rollups are built again. A run that was broken off goes on: what
was copied is put back first, and nothing is put back twice.
"""

from evergrow import warehouse
from evergrow.intake.events import alone
from evergrow.workspaces.models import Workspace

ROLLUPS = ("activity", "account_day", "property_days", "property_people")


def rezone(workspace: Workspace) -> int:
    """Give every event of the workspace its day in ``workspace.zone``; how many changed their day.

    Safe to run twice and after a crash at any point. Raises ``warehouse.StoreUnavailable``; then run it again.
    """
    which = {"workspace_id": workspace.pk}
    with alone(workspace):
        _run("rezone_put_back", **which)
        _run("rezone_forget", **which)
        _run("rezone_copy", **which, zone=workspace.zone)
        moved = int(warehouse.scalar(_MOVED, **which) or 0)
        if moved:
            _run("rezone_take_out", **which, zone=workspace.zone)
            _run("rezone_put_back", **which)
        _rebuild(workspace)
        _run("rezone_forget", **which)
        warehouse.touch(workspace.pk)
    return moved


_MOVED = "select count() from events_on_the_move where workspace_id = {workspace_id:UInt32}"


def _rebuild(workspace: Workspace) -> None:
    first, last, days = warehouse.rows(warehouse.statement("intake", "event_days"), workspace_id=workspace.pk)[0]
    if not days:
        return
    span = {"workspace_id": workspace.pk, "first": first, "last": last}
    for rollup in ROLLUPS:
        _run(f"delete_{rollup}", **span)
        _run(f"rebuild_{rollup}", **span)


def _run(name: str, **params: object) -> None:
    warehouse.execute(warehouse.statement("intake", name), **params)
