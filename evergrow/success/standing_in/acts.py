"""Redirecting new work, taking over what is due, giving back."""

from collections.abc import Iterable, Sequence
from datetime import datetime, time

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from evergrow.lib import clock
from evergrow.success.models import Signal, StepKind, Task
from evergrow.success.models.signals import OPEN_SIGNALS
from evergrow.success.models.tasks import UNSETTLED, WORKABLE
from evergrow.success.standing_in.models import StandIn
from evergrow.workspaces import audit
from evergrow.workspaces.absences import acts as absences
from evergrow.workspaces.absences import reading
from evergrow.workspaces.access import may, require
from evergrow.workspaces.models import Absence, Member, Workspace


@transaction.atomic
def redirect(tasks: Sequence[Task], away: dict[int, Absence] | None = None) -> dict[int, Member]:
    """Give tasks that just fell to somebody away to whoever stands in; by task id, in whose stead.

    The rows given are changed along, so that whoever tells of them tells the right colleague.
    """
    if not tasks:
        return {}
    found = away if away is not None else reading.away(tasks[0].workspace)
    moved: dict[int, Member] = {}
    for task in tasks if found else ():
        absence = found.get(task.owner_id or 0)
        if absence is None or task.owner is None:
            continue
        before, holder = absence.member, reading.stand_in(absence.member, found)
        if holder.pk == before.pk or not _give(task, absence, before, holder):
            continue
        task.owner, moved[task.pk] = holder, before
    return moved


def redirect_signal(workspace: Workspace, owner: Member) -> tuple[Member, Absence | None]:
    """Who gets signals that somebody gives to ``owner``: they, or whoever stands in, with the absence."""
    found = reading.away(workspace)
    holder = reading.stand_in(owner, found)
    return (holder, found[owner.pk]) if holder.pk != owner.pk else (owner, None)


def note_signal(signal: Signal, absence: Absence) -> None:
    """Remember that a signal stands with somebody in another's stead."""
    facts = {"member_id": absence.member_id, "holder_id": signal.owner_id, "returned_at": None}
    StandIn.objects.update_or_create(absence=absence, signal=signal, defaults=facts)


def sweep(workspace: Workspace) -> int:
    """Redirect tasks that became ready while their owner is away, however they came; how many."""
    found = reading.away(workspace)
    if not found:
        return 0
    ready = Task.objects.filter(workspace=workspace, state__in=WORKABLE, owner__in=found).exclude(kind=StepKind.WAIT)
    related = ready.select_related("owner__user", "owner__workspace", "account", "workspace")
    fresh = [task for task in related if _is_new(task, found[task.owner_id or 0])]
    return len(redirect(fresh, found))


def offered(absence: Absence) -> "QuerySet[Task]":
    """The absent member's open tasks that are due by the end of the absence, the overdue ones too."""
    mine = Task.objects.filter(workspace_id=absence.workspace_id, owner_id=absence.member_id, state__in=UNSETTLED)
    due = mine.filter(due_on__lte=absence.ends_on).exclude(kind=StepKind.WAIT)
    return due.select_related("account", "run__playbook", "owner__user", "workspace").order_by("due_on", "pk")


@transaction.atomic
def take_over(*, absence: Absence, tasks: Iterable[Task], by: Member) -> int:
    """Give offered tasks to the delegate, who may, as the absent member and managers may; how many."""
    require(by, "work")
    if by.pk not in (absence.member_id, absence.delegate_id) and not may(by, "manage"):
        raise PermissionDenied(_("Whoever is away, whoever stands in, and managers may do this."))
    moved = sum(_give(task, absence, absence.member, absence.delegate) for task in tasks)
    if moved:
        data = {"tasks": moved, "to": str(absence.delegate)}
        audit.record(absence.workspace, "absence.work_taken", absence.member, by=by, data=data)
    return moved


@absences.on_end
def give_back(absence: Absence, by: Member | None) -> int:
    """What the stand-in still has open goes back to whoever was away; how much."""
    now, back = clock.now(), 0
    for row in StandIn.objects.filter(absence=absence, returned_at=None).select_related("member"):
        owner = row.member if row.member.left_at is None else None
        if row.task_id and owner:
            held = Task.objects.filter(pk=row.task_id, owner_id=row.holder_id, state__in=UNSETTLED)
            back += held.update(owner=owner)
        elif row.signal_id and owner:
            held_signals = Signal.objects.filter(pk=row.signal_id, owner_id=row.holder_id, state__in=OPEN_SIGNALS)
            back += held_signals.update(owner=owner)
        StandIn.objects.filter(pk=row.pk).update(returned_at=now)
    return back


def _give(task: Task, absence: Absence, before: Member, holder: Member) -> bool:
    """One guarded move: not when somebody gave it away or settled it meanwhile."""
    if not Task.objects.filter(pk=task.pk, owner=before, state__in=UNSETTLED).update(owner=holder):
        return False
    facts = {"member": before, "holder": holder, "returned_at": None}
    StandIn.objects.update_or_create(absence=absence, task=task, defaults=facts)
    data = {"from": str(before), "to": str(holder), "until": absence.ends_on.isoformat()}
    audit.record(task.workspace, "task.stood_in", task, by=None, data=data)
    return True


def _is_new(task: Task, absence: Absence) -> bool:
    """Whether it fell to the member in the absence, and was not given back to them by hand since."""
    begin = datetime.combine(absence.starts_on, time(), task.workspace.tz)
    came = task.ready_at or task.created_at
    is_own = task.created_by_id == task.owner_id
    return came >= begin and not is_own and not StandIn.objects.filter(absence=absence, task=task).exists()
