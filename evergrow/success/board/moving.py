"""Taking a card to another column: each way is one of the guarded moves of a task, or refused by name."""

from collections.abc import Callable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from evergrow.success import access, errors
from evergrow.success.actions import approvals
from evergrow.success.actions import tasks as actions
from evergrow.success.models import StepKind, Task, TaskState
from evergrow.workspaces.models import Member


class NotAnApproval(errors.Refused):
    sentence = _("“%(task)s” is no approval, so nobody has to approve it. Begin or finish it instead.")


class DecideOnItsPage(errors.Refused):
    sentence = _("“%(task)s” awaits approval. Decline it on its page, with a reason.")


class NoSuchColumn(errors.Refused):
    sentence = _("There is no such column on the board. Reload the page.")


@transaction.atomic
def to_state(*, task: Task, to: str, by: Member, evidence: str = "") -> Task:
    """Take the task to a column of states. Raises the named reason of the move, NoSuchColumn."""
    task.refresh_from_db()
    if task.state == to:
        return task
    way = WAYS.get((task.state, to))
    if way is None:
        if to not in COLUMNS:
            raise NoSuchColumn()
        raise errors.TaskNotThere(task=task, state=task.get_state_display())
    way(task, by, evidence.strip() or task.evidence)
    return task


def to_owner(*, task: Task, to: str, by: Member) -> Task:
    """Give the task to the member whose column it is. Raises NotAColleague."""
    member = access.colleagues(by).filter(pk=to).first() if to.isascii() and to.isdigit() else None
    if member is None:
        raise errors.NotAColleague()
    if task.owner_id == member.pk:
        return task
    return actions.reassign_task(task=task, by=by, to=member)


Way = Callable[[Task, Member, str], object]
COLUMNS = {TaskState.READY, TaskState.IN_PROGRESS, TaskState.AWAITING, TaskState.DONE}


def _begin(task: Task, by: Member, _evidence: str) -> None:
    actions.start_task(task=task, by=by)


def _rest(task: Task, by: Member, _evidence: str) -> None:
    actions.rest_task(task=task, by=by)


def _finish(task: Task, by: Member, evidence: str) -> None:
    actions.finish_task(task=task, by=by, evidence=evidence)


def _ask(task: Task, by: Member, evidence: str) -> None:
    if task.kind != StepKind.APPROVAL:
        raise NotAnApproval(task=task)
    approvals.ask_approval(task=task, by=by, evidence=evidence)


def _approve(task: Task, by: Member, _evidence: str) -> None:
    approvals.decide_approval(task=task, by=by, approved=True)


def _decline(task: Task, _by: Member, _evidence: str) -> None:
    raise DecideOnItsPage(task=task)


def _reopen(task: Task, by: Member, _evidence: str) -> None:
    actions.reopen_task(task=task, by=by)


def _reopen_and_begin(task: Task, by: Member, _evidence: str) -> None:
    actions.reopen_task(task=task, by=by)
    actions.start_task(task=task, by=by)


R, P, A, D = TaskState.READY, TaskState.IN_PROGRESS, TaskState.AWAITING, TaskState.DONE
WAYS: dict[tuple[str, str], Way] = {
    (R, P): _begin,
    (P, R): _rest,
    (R, A): _ask,
    (P, A): _ask,
    (R, D): _finish,
    (P, D): _finish,
    (A, D): _approve,
    (A, P): _decline,
    (A, R): _decline,
    (D, R): _reopen,
    (D, P): _reopen_and_begin,
}
