"""Stored events of an id go to whom they belong to, where a message that came late changed that.

A merge of two people needs none of this: it is one row of ``person_overrides``. Here only some events of a person's
number change hands, such as those that a tablet sent after its next user had signed in. As with a change of zone
(``intake.rezone``) they are copied aside with their new number, taken out, and put back, and the rollups of their days
are built again. What is to be done stands in the relational store until it is done, so that a run that was broken off
goes on.
"""

from datetime import date, timedelta
from typing import Any

from evergrow import warehouse
from evergrow.customers.identity import kinds
from evergrow.customers.identity.ownership import ANONYMOUS, USER, Ownership
from evergrow.customers.identity.store import News, Stored
from evergrow.customers.models import Identifier, Reattribution
from evergrow.intake.events import alone
from evergrow.intake.rezone import ROLLUPS
from evergrow.workspaces.models import Workspace


def run_all() -> int:
    """Finish what is waiting, in every workspace; how many ids that were."""
    waiting = Workspace.objects.filter(pk__in=Reattribution.objects.values("workspace"))
    return sum(run(workspace) for workspace in waiting)


def is_waiting(workspace: Workspace) -> bool:
    """Whether stored events of the workspace are to be rewritten."""
    return Reattribution.objects.filter(workspace=workspace).exists()


def run(workspace: Workspace) -> int:
    """Give the events of the waiting ids to whom they belong to; how many ids that were.

    Safe to run twice and after a crash at any point. Raises ``warehouse.StoreUnavailable``; then run it again.
    """
    waiting = list(Reattribution.objects.filter(workspace=workspace).order_by("pk"))
    if not waiting:
        return 0
    for each in waiting:
        _note_days(workspace, each)  # before the lock, whose transaction would take it back with everything else
    with alone(workspace):
        _run("rezone_put_back", workspace_id=workspace.pk)
        _run("rezone_forget", workspace_id=workspace.pk)
        days: set[date] = set()
        for each in waiting:
            days |= _rewrite(workspace, each)
        for first, last in _runs(sorted(days)):
            for rollup in ROLLUPS:
                _run(f"delete_{rollup}", workspace_id=workspace.pk, first=first, last=last)
                _run(f"rebuild_{rollup}", workspace_id=workspace.pk, first=first, last=last)
        warehouse.touch(workspace.pk)
    Reattribution.objects.filter(pk__in=[each.pk for each in waiting]).delete()
    return len(waiting)


def _note_days(workspace: Workspace, waiting: Reattribution) -> None:
    """Write down on which days events of an id are to be rewritten, for a run that is broken off."""
    which = _which(workspace, waiting)
    found = _days(which) if which else set()
    if found:
        known = {date.fromisoformat(day) for day in waiting.days}
        waiting.days = sorted(day.isoformat() for day in found | known)
        waiting.save(update_fields=["days"])


def _rewrite(workspace: Workspace, waiting: Reattribution) -> set[date]:
    """Rewrite the events of one id; the days they lie on."""
    which = _which(workspace, waiting)
    if not which:
        return set()
    found = _days(which)
    if found:
        _run("late_copy", **which)
        _run("late_take_out", **which)
        _run("rezone_put_back", workspace_id=workspace.pk)
        _run("rezone_forget", workspace_id=workspace.pk)
    return found | {date.fromisoformat(day) for day in waiting.days}


def _which(workspace: Workspace, waiting: Reattribution) -> dict[str, Any]:
    """What the statements about the events of an id need; empty where it is nobody's."""
    owners = _owners(workspace, waiting.kind, waiting.value)
    if not owners:
        return {}
    return {
        "workspace_id": workspace.pk,
        "id": waiting.value,
        "since": [since for since, _ in owners],
        "numbers": [number for _, number in owners],
        "others": _others(workspace, waiting),
    }


def _days(which: dict[str, Any]) -> set[date]:
    return {day for (day,) in warehouse.rows(warehouse.statement("intake", "late_days"), **which)}


def _owners(workspace: Workspace, kind: str, value: str) -> list[tuple[int, int]]:
    """Since when (in microseconds) the events of an id are which person's, the first from the beginning."""
    ids = Identifier.objects.filter(workspace=workspace)
    if kind == ANONYMOUS:
        own = Ownership(Stored(workspace, News(), [value]).facts(), kinds.rules(workspace))
        line = own.line(value)
        users = ids.filter(kind=USER, value__in={user for _, user in line})
        numbers = dict(users.values_list("value", "person__number"))
        if owners := [(since, numbers[user]) for since, user in line if user in numbers]:
            return owners
    holder = ids.filter(kind=kind, value=value).values_list("person__number", flat=True).first()
    return [] if holder is None else [(0, holder)]


def _others(workspace: Workspace, waiting: Reattribution) -> list[int]:
    """Whose events go by the same text, but as an id of another kind: they stay where they are."""
    same = Identifier.objects.filter(workspace=workspace, value=waiting.value, kind__in=(USER, ANONYMOUS))
    return list(same.exclude(kind=waiting.kind).values_list("person__number", flat=True))


def _runs(days: list[date]) -> list[tuple[date, date]]:
    """Days that follow each other as first and last."""
    found: list[tuple[date, date]] = []
    for day in days:
        if found and day - found[-1][1] == timedelta(days=1):
            found[-1] = found[-1][0], day
        else:
            found.append((day, day))
    return found


def _run(name: str, **params: object) -> None:
    warehouse.execute(warehouse.statement("intake", name), **params)
