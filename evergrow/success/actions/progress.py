"""How a run goes on at the hand of a person: what becomes ready, what moves with it, and taking a step back."""

from typing import Any

from evergrow.success import errors, moves
from evergrow.success.engine import going
from evergrow.success.models import Run, RunState, Task, TaskState
from evergrow.success.models.runs import OPEN_RUN_STATES
from evergrow.workspaces import audit
from evergrow.workspaces.models import Member

AGAIN: dict[str, Any] = {"ready_at": None, "ended_at": None, "wakes_at": None, "branch": "", "problem": {}}


def lock(run: Run | None) -> None:
    """Read the run afresh and make others wait who change it, so that two last steps finished at once both count."""
    if run is not None:
        run.refresh_from_db(from_queryset=Run.objects.select_for_update())


def go_on(run: Run | None, *, by: Member | None) -> None:
    """After a step was settled: recompute dates, open what it blocked, take what Evergrow takes, complete the run.

    A paused or scheduled run only gets its dates.
    """
    if run is not None:
        going.go_on(run, by=by)


def reschedule(run: Run | None) -> None:
    """Recompute the dates of open steps; those that a person fixed stay."""
    if run is not None:
        going.go_on(run, by=None, only_dates=True)


def steps_of(run: Run) -> list[Task]:
    """The run's tasks in the order of its steps."""
    return list(
        run.tasks.select_related("step", "owner__user", "owner__workspace", "account", "workspace").order_by("position")
    )


def step_back(task: Task, *, by: Member | None) -> None:
    """Undo what settling ``task`` opened: dependents nobody touched wait again, a completed run is active again."""
    run = task.run
    if run is None or task.step is None:
        return
    ended_with_run = run.state == RunState.COMPLETED
    is_extra = ended_with_run and not task.required
    is_over = run.state in (RunState.CANCELLED, RunState.SUPERSEDED)
    if is_over or is_extra or task.skip_code or task.sub_run_id or task.deliveries.exists():
        raise errors.NothingToUndo(task=task)
    back = _opened_by(task, steps_of(run), ended_with_run)
    if ended_with_run:
        _uncomplete(run, task, by=by)
    for other in back:
        if other.state == TaskState.READY:
            moves.move(other, "block", **AGAIN)
        elif other.state == TaskState.SKIPPED:
            moves.move(other, "unskip", skip_code="", **AGAIN)


def _opened_by(task: Task, tasks: list[Task], ended_with_run: bool) -> list[Task]:
    """What became ready, or was left out, because ``task`` was settled. Raises NothingToUndo where work went on."""
    untouched = {TaskState.BLOCKED, TaskState.READY} | ({TaskState.CANCELLED} if ended_with_run else set())
    found: list[Task] = []
    asked = [task]
    while asked:
        key = asked.pop().step.key  # type: ignore[union-attr]
        for other in tasks:
            if other.step is None or other in found or key not in {*other.step.after, *other.step.on_branches}:
                continue
            was_left_out = other.state == TaskState.SKIPPED and other.skip_code
            if other.state not in untouched and not was_left_out:
                raise errors.NothingToUndo(task=task)
            found.append(other)
            if was_left_out:
                asked.append(other)
    return found


def words_of(run: Run) -> dict[str, object]:
    """What the timeline says about a run."""
    return {"run": run.pk, "playbook": run.playbook.name, "version": run.version.number}


def _uncomplete(run: Run, task: Task, *, by: Member | None) -> None:
    others = Run.objects.filter(account_id=run.account_id, playbook_id=run.playbook_id, state__in=OPEN_RUN_STATES)
    if others.exists():
        raise errors.NothingToUndo(task=task)
    left_over = run.tasks.filter(state=TaskState.CANCELLED, ended_at=run.ended_at)
    left_over.update(state=TaskState.BLOCKED, ended_at=None)
    Run.objects.filter(pk=run.pk, state=RunState.COMPLETED).update(state=RunState.ACTIVE, ended_at=None)
    run.refresh_from_db()
    audit.record(run.workspace, "playbook.reopened", run, by=by)
