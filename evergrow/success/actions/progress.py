"""How a run goes on: what becomes ready, what moves with it, when it is complete. Called inside a transaction."""

from datetime import date, timedelta

from evergrow.customers import timeline
from evergrow.lib import clock
from evergrow.success import errors, moves, notices, schedule
from evergrow.success.models import Run, RunState, StepKind, Task, TaskState
from evergrow.success.models.runs import OPEN_RUN_STATES
from evergrow.workspaces import audit
from evergrow.workspaces.models import Member


def lock(run: Run | None) -> None:
    """Read the run afresh and make others wait who change it, so that two last steps finished at once both count."""
    if run is not None:
        run.refresh_from_db(from_queryset=Run.objects.select_for_update())


def go_on(run: Run | None, *, by: Member | None) -> None:
    """After a step was settled: recompute dates, open what it blocked, end waits that are over, complete the run.

    A paused run only gets its dates.
    """
    if run is None:
        return
    reschedule(run)
    if run.state == RunState.PAUSED:
        return
    while _open_what_is_free(run, by) or _end_waits(run):
        reschedule(run)
    left = run.tasks.filter(required=True).exclude(state__in=[TaskState.DONE, TaskState.SKIPPED])
    if not left.exists():
        _complete(run, by=by)


def reschedule(run: Run | None) -> None:
    """Recompute the dates of open steps; those that a person fixed stay."""
    if run is None:
        return
    tasks = steps_of(run)
    known = {task.step.key: day for task in tasks if task.step and (day := _settled_day(task, run))}
    dates = schedule.plan(
        [task.step for task in tasks if task.step],
        start=_effective_start(run),
        anchor=run.anchor_on,
        calendar=run.workspace.calendar,
        known=known,
    )
    moved = [t for t in tasks if t.step and not t.is_settled and not t.due_is_fixed and t.due_on != dates[t.step.key]]
    for task in moved:
        task.due_on = dates[task.step.key] if task.step else None
    Task.objects.bulk_update(moved, ["due_on"])


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
    tasks = steps_of(run)
    waiting = [other for other in tasks if other.step and task.step.key in other.step.after]
    ended_with_run = run.state == RunState.COMPLETED
    untouched = {TaskState.BLOCKED, TaskState.READY} | ({TaskState.CANCELLED} if ended_with_run else set())
    is_extra = ended_with_run and not task.required
    if run.state == RunState.CANCELLED or is_extra or any(other.state not in untouched for other in waiting):
        raise errors.NothingToUndo(task=task)
    if ended_with_run:
        _uncomplete(run, task, by=by)
    for other in waiting:
        if other.state == TaskState.READY:
            moves.move(other, "block", ready_at=None)


def _open_what_is_free(run: Run, by: Member | None) -> bool:
    tasks = steps_of(run)
    settled = {task.step.key for task in tasks if task.step and task.is_settled}
    free = [t for t in tasks if t.step and t.state == TaskState.BLOCKED and settled.issuperset(t.step.after)]
    for task in free:
        moves.move(task, "unblock", ready_at=clock.now())
    notices.tasks_given(free, by=by)
    return bool(free)


def _end_waits(run: Run) -> bool:
    today = run.workspace.today()
    waits = run.tasks.filter(kind=StepKind.WAIT, state=TaskState.READY, due_on__lte=today)
    for task in waits:
        moves.move(task, "finish", ended_at=clock.now())
    return bool(waits)


def _settled_day(task: Task, run: Run) -> date | None:
    if task.is_settled:
        return task.ended_at.astimezone(run.workspace.tz).date() if task.ended_at else None
    return task.due_on if task.due_is_fixed else None


def _effective_start(run: Run) -> date:
    return run.starts_on + timedelta(days=run.paused_days)


def _complete(run: Run, *, by: Member | None) -> None:
    now = clock.now()
    done = Run.objects.filter(pk=run.pk, state__in=OPEN_RUN_STATES).update(state=RunState.COMPLETED, ended_at=now)
    if not done:
        return
    left = run.tasks.filter(state__in=moves.MOVES["cancel"][0])
    left.update(state=TaskState.CANCELLED, ended_at=now, ended_by=None, snoozed_until=None)
    run.refresh_from_db()
    days = (now - run.started_at).days
    audit.record(run.workspace, "playbook.completed", run, by=by)
    timeline.add(run.account, "playbook.completed", {**words_of(run), "days": days}, by=by)


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
