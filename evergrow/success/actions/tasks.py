"""What colleagues do with a task. Steps of a run and tasks made by hand go the same ways."""

from datetime import date
from typing import Any

from django.db import transaction

from evergrow.customers import timeline
from evergrow.customers.models import Account
from evergrow.lib import clock
from evergrow.success import errors, moves
from evergrow.success.actions import progress
from evergrow.success.models import Priority, Signal, StepKind, Task, TaskState
from evergrow.success.models.tasks import OPEN, WORKABLE
from evergrow.workspaces import audit
from evergrow.workspaces.access import may, require
from evergrow.workspaces.models import Member


@transaction.atomic
def add_task(
    *,
    account: Account,
    name: str,
    by: Member | None,
    owner: Member | None = None,
    due_on: date | None = None,
    kind: str = StepKind.TASK,
    priority: int = Priority.NORMAL,
    note: str = "",
    signal: Signal | None = None,
) -> Task:
    """A task made by hand, owned by ``owner`` or whoever makes it. Raises NameMissing, NotAColleague."""
    require(by, "work")
    if not name.strip():
        raise errors.NameMissing()
    task = Task.objects.create(
        workspace_id=account.workspace_id,
        account=account,
        name=name.strip()[:200],
        note=note.strip(),
        kind=StepKind(kind),
        priority=Priority(priority),
        owner=_colleague(owner, by) or by,
        due_on=due_on,
        due_is_fixed=due_on is not None,
        required=False,
        signal=signal,
        created_by=by,
        ready_at=clock.now(),
    )
    _tell(task, "task.added", by=by)
    return task


@transaction.atomic
def start_task(*, task: Task, by: Member | None) -> Task:
    """Say that work on it has begun."""
    require(by, "work")
    moves.move(task, "start")
    audit.record(task.workspace, "task.started", task, by=by)
    return task


@transaction.atomic
def rest_task(*, task: Task, by: Member | None) -> Task:
    """Work on it had begun, and waits again."""
    require(by, "work")
    moves.move(task, "rest")
    audit.record(task.workspace, "task.rested", task, by=by)
    return task


@transaction.atomic
def finish_task(*, task: Task, by: Member | None, evidence: str = "") -> Task:
    """Done. Later steps of its run become ready, and the run completes when nothing required is left.

    Raises EvidenceNeeded, ApprovalNeeded, TaskAlreadySettled (somebody was quicker), TaskIsBlocked, RunIsPaused.
    """
    require(by, "work")
    progress.lock(task.run)
    if task.kind == StepKind.APPROVAL and not task.is_settled:
        raise errors.ApprovalNeeded(task=task)
    evidence = evidence.strip() or task.evidence
    if task.step is not None and task.step.evidence and not evidence and not task.is_settled:
        raise errors.EvidenceNeeded(task=task)
    moves.move(task, "finish", evidence=evidence, **_ended(by))
    _tell(task, "task.done", by=by, evidence=evidence[:300])
    progress.go_on(task.run, by=by)
    return task


@transaction.atomic
def skip_task(*, task: Task, by: Member | None, reason: str) -> Task:
    """Leave it out, with a reason. Raises StepIsRequired for a required step of a run, ReasonNeeded."""
    require(by, "work")
    progress.lock(task.run)
    if task.run is not None and task.required and not task.is_settled:
        raise errors.StepIsRequired(task=task)
    reason = _reason(reason)
    moves.move(task, "skip", reason=reason, **_ended(by))
    _tell(task, "task.skipped", by=by, reason=reason)
    progress.go_on(task.run, by=by)
    return task


@transaction.atomic
def reopen_task(*, task: Task, by: Member | None) -> Task:
    """Take “done” or “skipped” back while nothing was built on it. Raises NothingToUndo."""
    require(by, "work")
    progress.lock(task.run)
    progress.step_back(task, by=by)
    moves.move(task, "reopen", ended_at=None, ended_by=None, reason="", snoozed_until=None)
    _tell(task, "task.reopened", by=by)
    progress.go_on(task.run, by=by)
    return task


@transaction.atomic
def ask_approval(*, task: Task, by: Member, evidence: str) -> Task:
    """Ask for the approval that the step is; ``evidence`` says what is asked for and why."""
    require(by, "work")
    if not evidence.strip():
        raise errors.EvidenceNeeded(task=task)
    moves.move(task, "ask", requested_by=by, evidence=evidence.strip(), reason="")
    audit.record(task.workspace, "task.approval_asked", task, by=by)
    return task


@transaction.atomic
def decide_approval(*, task: Task, by: Member, approved: bool, reason: str = "") -> Task:
    """A manager other than the one who asked approves, or declines with a reason. Raises OwnApproval."""
    require(by, "manage")
    progress.lock(task.run)
    task.refresh_from_db()
    if task.requested_by_id == by.pk:
        raise errors.OwnApproval()
    if approved:
        moves.move(task, "approve", reason=reason.strip()[:300], **_ended(by))
        _tell(task, "task.approved", by=by)
        progress.go_on(task.run, by=by)
    else:
        moves.move(task, "decline", reason=_reason(reason))
        _tell(task, "task.declined", by=by, reason=task.reason)
    return task


@transaction.atomic
def snooze_task(*, task: Task, by: Member | None, until: date | None) -> Task:
    """Hide it from the list until a day; it returns by itself. ``None`` brings it back now. Raises DateInThePast."""
    require(by, "work")
    if until is not None and until <= task.workspace.today():
        raise errors.DateInThePast(day=until)
    _change(task, WORKABLE, snoozed_until=until)
    audit.record(task.workspace, "task.snoozed", task, by=by, data={"until": until and until.isoformat()})
    return task


@transaction.atomic
def reassign_task(*, task: Task, by: Member | None, to: Member) -> Task:
    """Give it to a colleague. Raises NotAColleague."""
    require(by, "work")
    before = str(task.owner or "")
    _change(task, [TaskState.BLOCKED, *OPEN], owner=_colleague(to, task))
    audit.record(task.workspace, "task.reassigned", task, by=by, data={"from": before, "to": str(to)})
    return task


@transaction.atomic
def move_due(*, task: Task, by: Member | None, due_on: date | None) -> Task:
    """Fix the due date by hand; the run's schedule no longer moves it. ``None`` lets the schedule decide again."""
    require(by, "work")
    progress.lock(task.run)
    data = {"from": task.due_on and task.due_on.isoformat(), "to": due_on and due_on.isoformat()}
    _change(task, [TaskState.BLOCKED, *OPEN], due_on=due_on, due_is_fixed=due_on is not None)
    audit.record(task.workspace, "task.due_moved", task, by=by, data=data)
    progress.reschedule(task.run)
    task.refresh_from_db()
    return task


def _change(task: Task, states: list[TaskState], **fields: Any) -> None:
    if not Task.objects.filter(pk=task.pk, state__in=states).update(**fields):
        task.refresh_from_db()
        who, state = task.ended_by or "Evergrow", task.get_state_display()
        raise errors.TaskAlreadySettled(who=who, task=task, state=state)
    task.refresh_from_db()


def _colleague(member: Member | None, beside: Member | Task | None) -> Member | None:
    if member is None or beside is None:
        return member
    is_here = member.left_at is None and member.workspace_id == beside.workspace_id
    if not is_here or not may(member, "work"):
        raise errors.NotAColleague()
    return member


def _reason(text: str) -> str:
    if not text.strip():
        raise errors.ReasonNeeded()
    return text.strip()[:300]


def _ended(by: Member | None) -> dict[str, Any]:
    return {"ended_at": clock.now(), "ended_by": by, "snoozed_until": None}


def _tell(task: Task, verb: str, *, by: Member | None, **words: str) -> None:
    audit.record(task.workspace, verb, task, by=by, data={"account": task.account.number, **words})
    data = {"task": task.pk, "name": task.name, "kind": task.kind, **words}
    timeline.add(task.account, verb, data, by=by)
