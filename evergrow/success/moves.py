"""The ways a task may go. Each is one guarded update, so of two people who try at once exactly one succeeds."""

from typing import Any

from django.db.models import Q

from evergrow.success import errors
from evergrow.success.models import Run, RunState, Task, TaskState

MOVES: dict[str, tuple[frozenset[TaskState], TaskState]] = {
    "unblock": (frozenset({TaskState.BLOCKED}), TaskState.READY),
    "start": (frozenset({TaskState.READY}), TaskState.IN_PROGRESS),
    "rest": (frozenset({TaskState.IN_PROGRESS}), TaskState.READY),
    "ask": (frozenset({TaskState.READY, TaskState.IN_PROGRESS}), TaskState.AWAITING),
    "approve": (frozenset({TaskState.AWAITING}), TaskState.DONE),
    "decline": (frozenset({TaskState.AWAITING}), TaskState.IN_PROGRESS),
    "finish": (frozenset({TaskState.READY, TaskState.IN_PROGRESS}), TaskState.DONE),
    "skip": (frozenset({TaskState.BLOCKED, TaskState.READY, TaskState.IN_PROGRESS}), TaskState.SKIPPED),
    "cancel": (
        frozenset({TaskState.BLOCKED, TaskState.READY, TaskState.IN_PROGRESS, TaskState.AWAITING}),
        TaskState.CANCELLED,
    ),
    "reopen": (frozenset({TaskState.DONE, TaskState.SKIPPED}), TaskState.READY),
    "block": (frozenset({TaskState.READY}), TaskState.BLOCKED),
    "unskip": (frozenset({TaskState.SKIPPED}), TaskState.BLOCKED),
    "retry": (frozenset({TaskState.READY, TaskState.IN_PROGRESS}), TaskState.READY),
}
WHATEVER_THE_RUN = {"cancel", "reopen", "unskip"}


def move(task: Task, way: str, **fields: Any) -> None:
    """Take ``task`` along ``way`` of MOVES and set ``fields`` with it.

    Raises the named reason when it is not where the way begins, or its run is paused or over.
    """
    sources, target = MOVES[way]
    rows = Task.objects.filter(pk=task.pk, state__in=sources)
    if way not in WHATEVER_THE_RUN:
        # No join: PostgreSQL checks a waiting update's own row again, but not what a subquery of it had joined.
        rows = rows.filter(Q(run=None) | Q(run_id__in=Run.objects.filter(state=RunState.ACTIVE).values("pk")))
    if not rows.update(state=target, **fields):
        _explain(task)
    task.refresh_from_db()


def _explain(task: Task) -> None:
    task.refresh_from_db()
    if task.is_settled:
        who = task.ended_by or "Evergrow"
        raise errors.TaskAlreadySettled(who=who, task=task, state=task.get_state_display())
    if task.run is not None and task.run.state == RunState.PAUSED:
        raise errors.RunIsPaused()
    if task.run is not None and not task.run.is_open:
        raise errors.RunIsClosed()
    if task.state == TaskState.BLOCKED:
        raise errors.TaskIsBlocked(task=task)
    raise errors.TaskNotThere(task=task, state=task.get_state_display())
