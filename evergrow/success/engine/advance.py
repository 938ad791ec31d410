"""What comes next in a run. It looks at rows and at the world around them, and notes what is to change.

1. Dates of open steps are reckoned anew, except those that a person fixed.
2. A step is free when all it waits for is settled. On a branch that was not taken, for other products or industries,
   or with a condition that does not hold, it is skipped with the reason; else it becomes ready.
3. What Evergrow takes itself is taken when its moment has come.
4. The run is complete when every required step is done or skipped.
"""

from datetime import date, datetime

from evergrow.success.engine.acts import act
from evergrow.success.engine.answers import Broken
from evergrow.success.engine.frames import rested
from evergrow.success.engine.rows import GONE, SETTLED, RunRow, TaskRow
from evergrow.success.engine.world import World
from evergrow.success.models import OwnerRule, RunState, SkipCode, TaskState
from evergrow.success.schedule import Due, plan_due

WAKEFUL = frozenset({TaskState.READY, TaskState.IN_PROGRESS, TaskState.AWAITING})


def advance(run: RunRow, world: World, *, only_dates: bool = False) -> None:
    """Take a run as far as it goes by itself now."""
    if run.state == RunState.SCHEDULED and not only_dates and run.starts_on <= world.local.today:
        run.set(state=RunState.ACTIVE, started_at=world.now)
    reckon(run, world)
    if run.state == RunState.ACTIVE and not only_dates:
        while _step(run, world):
            reckon(run, world)
        if all(task.state in (TaskState.DONE, TaskState.SKIPPED) for task in run.tasks if task.required):
            _complete(run, world)
    run.set(wakes_at=_wakes_at(run, world))


def reckon(run: RunRow, world: World) -> None:
    """Reckon the dates of open steps and the day by which the run is to be over."""
    dates = _dates(run, world)
    latest = run.wanted_on
    for task in run.tasks:
        if task.state in SETTLED:
            continue
        if not task.due_is_fixed:
            on, at = dates[task.step.place] or (None, None)
            if task.due_on != on:
                task.set(due_on=on)
            if task.due_at != at:
                task.set(due_at=at)
        if task.due_on is not None and (latest is None or task.due_on > latest):
            latest = task.due_on
        if task.state == TaskState.READY and task.step.acts and not task.stopped_by:
            _set_timer(task, world)
    run.set(due_on=latest)


def _dates(run: RunRow, world: World) -> list[Due | None]:
    """When each step of the run is due, in their order; runs that stand alike are reckoned once."""
    exact = run.book.counts_hours
    known = [(task.step.place, due) for task in run.tasks if (due := _known(task, world, exact)) is not None]
    start = rested(run.starts_on, run.paused_days)
    key = (run.book.version, start, run.anchor_on, repr(run.anchors), run.started_at if exact else None, *known)
    found = world.dates.get(key)
    if found is None:
        anchors: dict[str, date | None] = {name: date.fromisoformat(day) for name, day in run.anchors.items()}
        anchors |= {"": run.anchor_on, run.book.anchor: run.anchor_on}
        began = run.started_at if world.local.day(run.started_at) == start else None
        steps = run.book.steps
        settled = {steps[place].key: due for place, due in known}
        planned = plan_due(steps, world.local.frame(start, anchors, began), settled)
        found = world.dates[key] = [planned[step.key] for step in steps]
    return found


def _step(run: RunRow, world: World) -> bool:
    moved = False
    for task in run.tasks:
        if task.state in SETTLED:
            continue
        if task.state == TaskState.BLOCKED and is_free(task, run):
            moved |= _open(task, run, world)
        if task.state == TaskState.READY and task.step.acts and not task.stopped_by:
            moved |= task.wakes_at is not None and task.wakes_at <= world.now and act(task, run, world)
        elif task.state == TaskState.IN_PROGRESS and task.sub_run_id and not task.stopped_by:
            moved |= _end_of_sub_run(task, world)
        elif task.state == TaskState.AWAITING and task.wakes_at is not None and task.wakes_at <= world.now:
            task.set(wakes_at=world.pass_votes_on(task))
    return moved


def is_free(task: TaskRow, run: RunRow) -> bool:
    """Whether everything that a step waits for is settled."""
    for key in task.step.after:
        before = run.by_key.get(key)
        if before is not None and before.state not in SETTLED:
            return False
    return True


def _open(task: TaskRow, run: RunRow, world: World) -> bool:
    """Make a free step ready, or skip it; False when that hangs on an answer that is not there yet."""
    step = task.step
    for decision, branches in step.on_branches.items():
        taken = run.by_key.get(decision)
        if taken is not None and (taken.state in GONE or taken.branch not in branches):
            return _skip(task, run, world, SkipCode.BRANCH)
    if step.products and not set(step.products) & world.products_of(run.account_id):
        return _skip(task, run, world, SkipCode.PRODUCT)
    if step.industries and world.industry_of(run.account_id) not in step.industries:
        return _skip(task, run, world, SkipCode.INDUSTRY)
    if step.condition:
        try:
            holds = world.holds(step.condition, run)
        except Broken as broken:
            holds = True
            task.stop("condition", str(broken))
        if holds is None:
            return False
        if not holds:
            return _skip(task, run, world, SkipCode.CONDITION)
    task.set(state=TaskState.READY, ready_at=world.now)
    if step.takes_after_previous:
        _follow_owner(task, run, world)
    if step.acts:
        _set_timer(task, world)
    return True


def _skip(task: TaskRow, run: RunRow, world: World, code: SkipCode) -> bool:
    task.set(state=TaskState.SKIPPED, skip_code=code, ended_at=world.now)
    world.note_skip(task, run, code)
    return True


def _follow_owner(task: TaskRow, run: RunRow, world: World) -> None:
    """Give a step to whoever had the one before, where an earlier rule found nobody."""
    found_before = [run.by_key[key] for key in task.step.after if key in run.by_key]
    before = [other for other in found_before if other.state == TaskState.DONE]
    latest = max(before, key=lambda other: (other.ended_at or world.now, other.step.place), default=None)
    previous = latest.owner_id if latest else None
    found = world.owner(task.step, run, previous)
    if found != task.owner_id and (task.owner_id is None or task.step.rules[0].get("rule") == OwnerRule.PREVIOUS):
        task.set(owner_id=found)


def _end_of_sub_run(task: TaskRow, world: World) -> bool:
    state = world.sub_run_state(task.sub_run_id)
    if state == RunState.COMPLETED:
        task.set(state=TaskState.DONE, ended_at=world.now)
        return True
    if state in (RunState.CANCELLED, RunState.SUPERSEDED):
        task.stop("sub_run_ended")
    return False


def _set_timer(task: TaskRow, world: World) -> None:
    due = Due(task.due_on, task.due_at) if task.due_on else None
    at = world.local.acts_at(task.step, due)
    if at != task.wakes_at:
        task.set(wakes_at=at)


def _known(task: TaskRow, world: World, exact: bool) -> Due | None:
    """When a step was settled, or the date that a person fixed; with the moment where some step counts hours."""
    if task.state in SETTLED:
        if task.ended_at is None:
            return None
        return Due(world.local.day(task.ended_at), task.ended_at if exact else None)
    return Due(task.due_on, task.due_at) if task.due_is_fixed and task.due_on else None


def _complete(run: RunRow, world: World) -> None:
    for task in run.tasks:
        if task.state not in SETTLED:
            task.set(state=TaskState.CANCELLED, ended_at=world.now, ended_by_id=None, snoozed_until=None)
    run.set(state=RunState.COMPLETED, ended_at=world.now)
    world.note_completion(run)


def _wakes_at(run: RunRow, world: World) -> datetime | None:
    """The next moment at which something happens by itself in the run."""
    if run.state == RunState.SCHEDULED:
        return world.beginning(run)
    if run.state != RunState.ACTIVE:
        return None
    moments = [task.wakes_at for task in run.tasks if task.wakes_at and task.state in WAKEFUL and not task.stopped_by]
    if run.looks_at is not None:
        moments.append(run.looks_at)
    return min(moments, default=None)
