"""Taking runs to another version of their playbook, and back within seven days."""

from collections import Counter
from collections.abc import Iterable

from django.db import transaction

from evergrow.lib import clock
from evergrow.success import errors, owners
from evergrow.success.actions import progress
from evergrow.success.models import PlaybookVersion, Run, RunMove, Step, Task, TaskState, VersionState
from evergrow.success.models.tasks import SETTLED
from evergrow.success.versions import snapshot
from evergrow.success.versions.plan import UNTOUCHED, MovePlan, is_touched, plan_move
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member


@transaction.atomic
def move_run(*, run: Run, to: PlaybookVersion, by: Member | None) -> RunMove:
    """Go on by the steps of another version, the published one. What is done stays done.

    Raises RunNotMovable with the reason where finished work would be lost; nothing is changed then.
    """
    require(by, "manage")
    progress.lock(run)
    plan = plan_move(run, to)
    if to.playbook_id != run.playbook_id or to.state != VersionState.PUBLISHED:
        raise errors.NotPublished(playbook=run.playbook)
    if plan.refusals:
        raise errors.RunNotMovable(run=run, why=plan.refusals[0])
    move = RunMove.objects.create(
        run=run, from_version=run.version, to_version=to, by=by, before=snapshot.take(run, plan.removed)
    )
    _rebind(plan, by)
    data = {"account": run.account.number, "from": move.from_version.number, "to": to.number}
    audit.record(run.workspace, "playbook.run_moved", run, by=by, data=data)
    progress.go_on(run, by=by)
    return move


def move_runs(*, runs: Iterable[Run], to: PlaybookVersion, by: Member | None) -> Counter[str]:
    """Take each run on its own; counts ``moved`` and ``refused``."""
    require(by, "manage")
    counts: Counter[str] = Counter()
    for run in runs:
        try:
            move_run(run=run, to=to, by=by)
            counts["moved"] += 1
        except errors.RunNotMovable:
            counts["refused"] += 1
    return counts


@transaction.atomic
def undo_move(*, move: RunMove, by: Member | None) -> Run:
    """Back to the version before. Raises MoveTooOld after seven days, MoveBuiltOn when work was done on new steps."""
    require(by, "manage")
    run = move.run
    progress.lock(run)
    move.refresh_from_db()
    latest = run.moves.filter(undone_at=None).order_by("-at", "-pk").first()
    if not move.can_be_undone or latest != move or not run.is_open:
        raise errors.MoveTooOld(run=run)
    held = {row["pk"]: row for row in move.before["kept"]}
    new = [task for task in run.tasks.all() if task.pk not in held and task.step_id]
    done = next((task for task in new if not _is_free(task)), None)
    if done is not None:
        raise errors.MoveBuiltOn(task=done)
    Task.objects.filter(pk__in=[task.pk for task in new]).delete()
    _restore(run, move, held)
    RunMove.objects.filter(pk=move.pk).update(undone_at=clock.now(), undone_by=by)
    audit.record(run.workspace, "playbook.run_moved_back", run, by=by, data={"account": run.account.number})
    progress.go_on(run, by=by)
    return run


def _is_free(task: Task) -> bool:
    """Whether a step that the move brought may go again."""
    left_out = task.state == TaskState.SKIPPED and bool(task.skip_code)
    return (task.state in UNTOUCHED and not is_touched(task)) or left_out


def _rebind(plan: MovePlan, by: Member | None) -> None:
    run, to = plan.run, plan.to
    Task.objects.filter(pk__in=[task.pk for task in plan.removed]).delete()
    Run.objects.filter(pk=run.pk).update(version=to)
    run.version = to
    settled = {kept.step.key for kept in plan.kept if kept.task.state in SETTLED}
    for kept in plan.kept:
        task, step = kept.task, kept.step
        task.step, task.position, task.required, task.name = step, step.position, step.required, step.name
        if task.state not in SETTLED:
            task.kind = step.kind
        if task.state == TaskState.READY and not settled.issuperset({*step.after, *step.on_branches}):
            task.state, task.ready_at, task.wakes_at = TaskState.BLOCKED, None, None
    fields = ["step", "position", "required", "name", "kind", "state", "ready_at", "wakes_at"]
    Task.objects.bulk_update([kept.task for kept in plan.kept], fields)
    team = owners.team(run.account)
    Task.objects.bulk_create(_task(run, step, team, by) for step in plan.added)


def _task(run: Run, step: Step, team: owners.Team, by: Member | None) -> Task:
    return Task(
        workspace=run.workspace,
        account=run.account,
        run=run,
        step=step,
        signal=run.signal,
        position=step.position,
        kind=step.kind,
        name=step.name,
        state=TaskState.BLOCKED,
        owner=owners.choose(step, team, run.started_by).member,
        required=step.required,
        created_by=by,
    )


def _restore(run: Run, move: RunMove, held: dict[int, dict[str, object]]) -> None:
    """Bind the steps to the version before. What was settled since the move stays settled."""
    Run.objects.filter(pk=run.pk).update(version=move.from_version)
    run.version = move.from_version
    rows = list(Task.objects.filter(pk__in=held))
    for task in rows:
        before = held[task.pk]
        bound = ("step_id", "position", "kind", "name", "required")
        also = ("state", "ready_at", "wakes_at") if task.state in UNTOUCHED else ()
        for name in (*bound, *also):
            setattr(task, name, snapshot.back(name, before[name]))
    Task.objects.bulk_update(rows, ["step", "position", "kind", "name", "required", "state", "ready_at", "wakes_at"])
    Task.objects.bulk_create(snapshot.restored(row) for row in move.before["removed"])
