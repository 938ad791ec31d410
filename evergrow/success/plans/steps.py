"""The steps of a plan and the corrective actions of its retrospectives: who does what until when."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from evergrow.lib import bilingual, clock, workdays
from evergrow.success import errors as room
from evergrow.success.models.tasks import Task, TaskState
from evergrow.success.plans import access, errors
from evergrow.success.plans.models import (
    OPEN_STEPS,
    Plan,
    PlanStep,
    PlanStepState,
    Retrospective,
    RetrospectiveState,
)
from evergrow.workspaces import audit, notices
from evergrow.workspaces.access import may
from evergrow.workspaces.models import Member

GIVEN = "plan.step_given"
State = PlanStepState
MOVES: dict[str, tuple[list[PlanStepState], PlanStepState]] = {
    "start": ([State.TODO], State.DOING),
    "finish": ([State.TODO, State.DOING], State.DONE),
    "drop": ([State.TODO, State.DOING], State.DROPPED),
    "reopen": ([State.DONE, State.DROPPED], State.TODO),
}
OF_TASK = {
    TaskState.BLOCKED: State.TODO,
    TaskState.READY: State.TODO,
    TaskState.IN_PROGRESS: State.DOING,
    TaskState.AWAITING: State.DOING,
    TaskState.DONE: State.DONE,
    TaskState.SKIPPED: State.DROPPED,
    TaskState.CANCELLED: State.DROPPED,
}


@transaction.atomic
def add(
    *,
    plan: Plan,
    by: Member,
    name: str = "",
    owner: Member | None = None,
    due_on: date | None = None,
    task: Task | None = None,
    retrospective: Retrospective | None = None,
) -> PlanStep:
    """Add a step, or a corrective action of an open retrospective. With ``task`` it is that task, under its name.

    A corrective action is always due: without a day, after the plan's working days for a retrospective.
    Raises StepNeedsName, TaskTaken, NotAColleague, PlanNotThere once the plan is closed, RetrospectiveClosed.
    """
    access.require_lead(by, plan)
    _check_place(plan, retrospective)
    title: Any = task.name if task is not None else name.strip()[:200]
    if not title:
        raise errors.StepNeedsName()
    facts: dict[str, Any] = {"retrospective": retrospective, "task": task, "name": title, "created_by": by}
    if task is None:
        if retrospective is not None and due_on is None:
            due_on = workdays.add(plan.workspace.today(), max(1, plan.retro_days), plan.workspace.workdays)
        facts |= {"owner": _colleague(plan, owner or by), "due_on": due_on}
    try:
        with transaction.atomic():
            made = PlanStep.objects.create(plan=plan, **facts)
    except IntegrityError:
        raise errors.TaskTaken() from None
    audit.record(plan.workspace, "plan.step_added", made, by=by)
    _tell(made, by)
    return made


@transaction.atomic
def change(*, step: PlanStep, by: Member, name: str, owner: Member | None, due_on: date | None) -> PlanStep:
    """Say anew what, who and until when, while it is open. Raises StepNeedsName, StepFollowsTask, StepNotThere."""
    access.require_lead(by, step.plan)
    if step.task_id is not None:
        raise errors.StepFollowsTask(step=step)
    if not name.strip():
        raise errors.StepNeedsName()
    before = step.owner_id
    _turn(step, OPEN_STEPS, name=name.strip()[:200], owner=_colleague(step.plan, owner or by), due_on=due_on)
    audit.record(step.plan.workspace, "plan.step_changed", step, by=by)
    if step.owner_id != before:
        _tell(step, by)
    return step


@transaction.atomic
def move(*, step: PlanStep, way: str, by: Member) -> PlanStep:
    """Take it along ``way`` of MOVES. Raises StepFollowsTask, StepNotThere, LookupError for an unknown way."""
    access.require_act(by, step)
    if step.task_id is not None:
        raise errors.StepFollowsTask(step=step)
    sources, target = MOVES[way]
    is_over = target in (State.DONE, State.DROPPED)
    ended = {"ended_at": clock.now() if is_over else None, "ended_by": by if is_over else None}
    _turn(step, sources, state=target, **ended)
    audit.record(step.plan.workspace, f"plan.step_{step.state}", step, by=by)
    return step


@transaction.atomic
def remove(*, step: PlanStep, by: Member) -> None:
    """Take a step out of the plan; a task that it was goes on. Raises PlanNotThere, RetrospectiveClosed."""
    access.require_lead(by, step.plan)
    _check_place(step.plan, step.retrospective)
    audit.record(step.plan.workspace, "plan.step_removed", step, by=by)
    step.delete()


def state_of(step: PlanStep) -> PlanStepState:
    """Where it stands; one that is a task stands where the task does."""
    return OF_TASK[TaskState(step.task.state)] if step.task is not None else PlanStepState(step.state)


def _check_place(plan: Plan, retrospective: Retrospective | None) -> None:
    """Steps belong to open plans; a corrective action to an open retrospective, also of a plan that is closed."""
    if retrospective is not None:
        open_one = Retrospective.objects.filter(pk=retrospective.pk, plan=plan, state=RetrospectiveState.OPEN)
        if not open_one.exists():
            raise errors.RetrospectiveClosed()
        return
    plan.refresh_from_db(fields=["state"])
    if not plan.is_open:
        raise errors.PlanNotThere(state=plan.get_state_display())


def _colleague(plan: Plan, member: Member) -> Member:
    if member.left_at is not None or member.workspace_id != plan.workspace_id or not may(member, "work"):
        raise room.NotAColleague()
    return member


def _turn(step: PlanStep, states: list[PlanStepState], **fields: Any) -> None:
    if not PlanStep.objects.filter(pk=step.pk, state__in=states).update(**fields):
        step.refresh_from_db()
        raise errors.StepNotThere(step=step, state=step.get_state_display())
    step.refresh_from_db()


def _tell(step: PlanStep, by: Member) -> None:
    if step.owner is not None:
        data = {"name": bilingual.pick(step.name, "en"), "plan": step.plan.name}
        notices.tell(step.owner, GIVEN, url=access.page_of(step.plan), data=data, by=by)
