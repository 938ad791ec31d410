"""Everything that is due in a workspace, in one go: dates, runs, what goes out, answers of surveys."""

from collections import Counter
from collections.abc import Callable

from evergrow.lib import clock
from evergrow.success.engine import answered, following, going
from evergrow.success.engine.sending import send_due
from evergrow.success.models import Run, RunState, StepKind, Task, TaskState
from evergrow.workspaces.models import Workspace

ENDED = [RunState.COMPLETED, RunState.CANCELLED, RunState.SUPERSEDED]
MOST_ROUNDS = 20


def sweep(workspace: Workspace, alive: Callable[[], object] = lambda: None) -> Counter[str]:
    """Do what is due; safe to run again, and by several workers at once.

    Counts ``dates`` that moved, ``answers`` of surveys, ``steps`` that moved and ``deliveries`` that were looked at.
    What one round sets off, the next one takes on, until nothing is due.
    """
    counts: Counter[str] = Counter()
    counts["dates"] = following.follow_dates(workspace)
    counts["answers"] = answered.take_answers(workspace)
    for _ in range(MOST_ROUNDS):
        wake_parents(workspace)
        steps = going.go_on_due(workspace)
        alive()
        sent = send_due(workspace, alive)
        counts["steps"] += steps
        counts["deliveries"] += sent
        if not steps and not sent:
            break
    return counts


def wake_parents(workspace: Workspace) -> int:
    """Wake the runs whose step waited for another run that is over; how many."""
    waiting = Task.objects.filter(kind=StepKind.PLAYBOOK, state=TaskState.IN_PROGRESS, sub_run__state__in=ENDED)
    runs = waiting.filter(workspace=workspace, problem={}).values("run")
    return Run.objects.filter(pk__in=runs, state=RunState.ACTIVE).update(wakes_at=clock.now())
