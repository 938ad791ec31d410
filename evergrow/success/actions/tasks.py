"""What colleagues do with a task. Steps of a run and tasks made by hand go the same ways."""

import re
from datetime import date
from typing import Any

from django.db import transaction

from evergrow.customers import timeline
from evergrow.customers.models import Account
from evergrow.lib import clock
from evergrow.success import errors, moves, notices
from evergrow.success.actions import progress
from evergrow.success.engine import details
from evergrow.success.engine.going import wake_workers
from evergrow.success.engine.sending import leave
from evergrow.success.models import DeliveryState, EvidenceKind, Priority, Signal, StepKind, Task, TaskState
from evergrow.success.models.tasks import UNSETTLED, WORKABLE
from evergrow.workspaces import audit
from evergrow.workspaces.access import may, require
from evergrow.workspaces.models import Member

LINK = re.compile(r"https?://\S+\.\S+|https?://localhost\S*")


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
    notices.tasks_given([task], by=by)
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

    Raises EvidenceNeeded, LinkNeeded, FileNeeded, ApprovalNeeded, ChoiceNeeded, TaskAlreadySettled (somebody was
    quicker), TaskIsBlocked, RunIsPaused.
    """
    require(by, "work")
    progress.lock(task.run)
    evidence = evidence.strip() or task.evidence
    if not task.is_settled:
        _check_finish(task, evidence)
    moves.move(task, "finish", evidence=evidence, problem={}, wakes_at=None, **_ended(by))
    let_go(task)
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
    moves.move(task, "skip", reason=reason, problem={}, wakes_at=None, **_ended(by))
    let_go(task)
    _tell(task, "task.skipped", by=by, reason=reason)
    progress.go_on(task.run, by=by)
    return task


@transaction.atomic
def reopen_task(*, task: Task, by: Member | None) -> Task:
    """Take “done” or “skipped” back while nothing was built on it. Raises NothingToUndo."""
    require(by, "work")
    progress.lock(task.run)
    progress.step_back(task, by=by)
    again: dict[str, Any] = {"branch": "", "problem": {}, "wakes_at": None}
    moves.move(task, "reopen", ended_at=None, ended_by=None, reason="", snoozed_until=None, **again)
    _tell(task, "task.reopened", by=by)
    progress.go_on(task.run, by=by)
    return task


@transaction.atomic
def choose_branch(*, task: Task, by: Member | None, branch: str, reason: str = "") -> Task:
    """Take one of a decision's ways; steps on the others are left out. Raises NoSuchBranch."""
    require(by, "work")
    progress.lock(task.run)
    decision = details.read(details.Decision, task.step.details if task.step else {})
    chosen = next((way for way in decision.ways if way.key == branch), None)
    if task.kind != StepKind.DECISION or chosen is None:
        raise errors.NoSuchBranch(task=task)
    fields: dict[str, Any] = {"branch": branch, "reason": reason.strip()[:300], "problem": {}, "wakes_at": None}
    moves.move(task, "finish", **fields, **_ended(by))
    _tell(task, "task.decided", by=by, reason=task.reason, branch=dict(chosen.name))
    progress.go_on(task.run, by=by)
    return task


@transaction.atomic
def retry_step(*, task: Task, by: Member | None) -> Task:
    """Have Evergrow try a step again that it could not take, or send again what did not go out. NothingToRetry."""
    require(by, "work")
    progress.lock(task.run)
    task.refresh_from_db()
    if not task.problem or task.is_settled:
        raise errors.NothingToRetry(task=task)
    stuck = task.deliveries.filter(state__in=[DeliveryState.FAILED, DeliveryState.UNKNOWN])
    again = {"state": DeliveryState.QUEUED, "attempts": 0, "next_at": clock.now(), "handed_at": None, "error": ""}
    if stuck.update(**again):
        leave.ask_anew(task)
        _change(task, [TaskState.IN_PROGRESS], problem={})
    else:
        moves.move(task, "retry", problem={}, wakes_at=None, sub_run=None)
    audit.record(task.workspace, "task.retried", task, by=by)
    progress.go_on(task.run, by=by)
    if task.run is not None:
        wake_workers(task.workspace)
    task.refresh_from_db()
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
    _change(task, UNSETTLED, owner=_colleague(to, task))
    audit.record(task.workspace, "task.reassigned", task, by=by, data={"from": before, "to": str(to)})
    notices.tasks_given([task], by=by)
    return task


@transaction.atomic
def move_due(*, task: Task, by: Member | None, due_on: date | None) -> Task:
    """Fix the due date by hand; the run's schedule no longer moves it. ``None`` lets the schedule decide again."""
    require(by, "work")
    progress.lock(task.run)
    data = {"from": task.due_on and task.due_on.isoformat(), "to": due_on and due_on.isoformat()}
    _change(task, UNSETTLED, due_on=due_on, due_is_fixed=due_on is not None)
    audit.record(task.workspace, "task.due_moved", task, by=by, data=data)
    progress.reschedule(task.run)
    task.refresh_from_db()
    return task


def let_go(task: Task) -> None:
    """What a step that is settled still had on its way is not sent any more."""
    waiting = task.deliveries.filter(state__in=[DeliveryState.QUEUED])
    waiting.update(state=DeliveryState.CANCELLED)


def _check_finish(task: Task, evidence: str) -> None:
    if task.kind == StepKind.APPROVAL:
        raise errors.ApprovalNeeded(task=task)
    if task.step is None:
        return
    if task.kind == StepKind.DECISION and details.read(details.Decision, task.step.details).branches:
        raise errors.ChoiceNeeded(task=task)
    if task.step.evidence:
        _check_evidence(task, task.step.evidence_kind, evidence)


def _check_evidence(task: Task, kind: str, evidence: str) -> None:
    if kind == EvidenceKind.FILE:
        if not task.evidence_files.exists():
            raise errors.FileNeeded(task=task)
        return
    if not evidence and not (kind == EvidenceKind.ANY and task.evidence_files.exists()):
        raise errors.EvidenceNeeded(task=task)
    if kind == EvidenceKind.LINK and not LINK.search(evidence):
        raise errors.LinkNeeded(task=task)


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


def _tell(task: Task, verb: str, *, by: Member | None, **words: Any) -> None:
    audit.record(task.workspace, verb, task, by=by, data={"account": task.account.number, **words})
    data = {"task": task.pk, "name": task.name, "kind": task.kind, **words}
    timeline.add(task.account, verb, data, by=by)
