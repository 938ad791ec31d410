"""What colleagues do with an approval: ask for it, vote, give their vote to another."""

from django.db import transaction

from evergrow.success import errors, moves, notices
from evergrow.success.actions import progress
from evergrow.success.actions.tasks import _ended, _reason, _tell
from evergrow.success.engine import votes
from evergrow.success.models import Task, TaskState
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member


@transaction.atomic
def ask_approval(*, task: Task, by: Member, evidence: str) -> Task:
    """Ask for the approval that the step is; ``evidence`` says what is asked for and why. Raises NoApprover."""
    require(by, "work")
    if not evidence.strip():
        raise errors.EvidenceNeeded(task=task)
    progress.lock(task.run)
    moves.move(task, "ask", requested_by=by, evidence=evidence.strip(), reason="")
    votes.ask(task, by=by)
    audit.record(task.workspace, "task.approval_asked", task, by=by)
    progress.go_on(task.run, by=by)
    task.refresh_from_db()
    return task


@transaction.atomic
def decide_approval(*, task: Task, by: Member, approved: bool, reason: str = "") -> Task:
    """Vote. With enough votes the step is done; a decline that decides sends it back, with its reason.

    Raises OwnApproval, NotAnApprover, ReasonNeeded for a decline without one.
    """
    require(by, "work")
    progress.lock(task.run)
    task.refresh_from_db()
    reason = reason.strip()[:300] if approved else _reason(reason)
    if task.state != TaskState.AWAITING:
        moves.move(task, "approve")
    verdict = votes.give(task, by=by, approved=approved, reason=reason)
    if verdict == "approved":
        moves.move(task, "approve", reason=reason, wakes_at=None, **_ended(by))
        _tell(task, "task.approved", by=by)
    elif verdict == "declined":
        moves.move(task, "decline", reason=reason, wakes_at=None)
        _tell(task, "task.declined", by=by, reason=reason)
    else:
        audit.record(task.workspace, "task.voted", task, by=by, data={"why": reason})
    if verdict != "open":
        notices.approval_answered(task, by=by, approved=verdict == "approved")
    progress.go_on(task.run, by=by)
    task.refresh_from_db()
    return task


@transaction.atomic
def delegate_vote(*, task: Task, by: Member, to: Member) -> Task:
    """Let a colleague vote in one's place. Raises NotAnApprover, OwnApproval, AlreadyAsked, NotAColleague."""
    require(by, "work")
    progress.lock(task.run)
    votes.delegate(task, by=by, to=to)
    audit.record(task.workspace, "task.vote_delegated", task, by=by, data={"to": str(to)})
    return task
