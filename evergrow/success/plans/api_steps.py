"""Steps and retrospectives of plans for programs."""

from typing import Literal

from django.http import Http404
from ninja import Router, Status
from pydantic import Field

from evergrow.success import access as work
from evergrow.success.models.tasks import Task
from evergrow.success.plans import access, reading, retrospectives, steps
from evergrow.success.plans.api import member_of
from evergrow.success.plans.models import (
    PlanStep,
    Retrospective,
)
from evergrow.success.plans.shapes import (
    PlanStepOut,
    RetrospectiveOut,
)
from evergrow.workspaces.api import ApiRequest, Day, Input, Line, RowId, Text, token

router = Router(tags=["plans"])


class PlanStepIn(Input):
    """``task``: it is this task of a playbook's run, and follows it."""

    name: Line = ""
    owner: RowId | None = None
    due_on: Day | None = None
    task: RowId | None = None
    retrospective: RowId | None = Field(None, description="A corrective action of this open retrospective.")


class PlanStepMove(Input):
    move: Literal["start", "finish", "drop", "reopen"]


class RetrospectiveIn(Input):
    cause: Text = ""
    learned: Text = ""
    no_action: Line = ""
    due_on: Day | None = None


@router.post("/plans/{id}/steps", auth=token("work"), response={201: PlanStepOut}, summary="Add a step")
def add_step(request: ApiRequest, id: RowId, wish: PlanStepIn) -> Status[reading.StepRow]:
    """To the plan, or to an open retrospective of it as a corrective action."""
    found, by = access.plan_or_404(request.member, id), request.member
    made = steps.add(
        plan=found,
        by=by,
        name=wish.name,
        owner=member_of(request, wish.owner),
        due_on=wish.due_on,
        task=_task(request, wish.task),
        retrospective=access.retrospective_or_404(found, wish.retrospective) if wish.retrospective else None,
    )
    return Status(201, _step(made))


@router.put("/plans/{id}/steps/{step}", auth=token("work"), response=PlanStepOut, summary="Change a step")
def change_step(request: ApiRequest, id: RowId, step: RowId, wish: PlanStepIn) -> reading.StepRow:
    """What, who and until when; ``task`` and ``retrospective`` stay."""
    row = access.step_or_404(access.plan_or_404(request.member, id), step)
    owner = member_of(request, wish.owner)
    steps.change(step=row, by=request.member, name=wish.name, owner=owner, due_on=wish.due_on)
    return _step(row)


@router.delete("/plans/{id}/steps/{step}", auth=token("work"), response={204: None}, summary="Remove a step")
def remove_step(request: ApiRequest, id: RowId, step: RowId) -> None:
    steps.remove(step=access.step_or_404(access.plan_or_404(request.member, id), step), by=request.member)


@router.post("/plans/{id}/steps/{step}/moves", auth=token("work"), response=PlanStepOut, summary="Move a step")
def move_step(request: ApiRequest, id: RowId, step: RowId, wish: PlanStepMove) -> reading.StepRow:
    row = access.step_or_404(access.plan_or_404(request.member, id), step)
    return _step(steps.move(step=row, way=wish.move, by=request.member))


@router.post(
    "/plans/{id}/retrospectives",
    auth=token("work"),
    response={201: RetrospectiveOut},
    summary="Ask for a retrospective",
)
def ask(request: ApiRequest, id: RowId) -> Status[Retrospective]:
    """By hand; the deviation rule and a missed goal ask by themselves."""
    return Status(201, retrospectives.ask(plan=access.plan_or_404(request.member, id), by=request.member))


@router.put(
    "/plans/{id}/retrospectives/{retrospective}",
    auth=token("work"),
    response=RetrospectiveOut,
    summary="Write a retrospective",
)
def write(request: ApiRequest, id: RowId, retrospective: RowId, wish: RetrospectiveIn) -> Retrospective:
    """Cause and learning; corrective actions are added as steps."""
    row = access.retrospective_or_404(access.plan_or_404(request.member, id), retrospective)
    return retrospectives.write(retrospective=row, by=request.member, **wish.model_dump())


@router.put(
    "/plans/{id}/retrospectives/{retrospective}/completion",
    auth=token("work"),
    response=RetrospectiveOut,
    summary="Finish a retrospective",
)
def finish(request: ApiRequest, id: RowId, retrospective: RowId) -> Retrospective:
    """It needs a cause, what was learned, and an action or the reason why none is needed."""
    row = access.retrospective_or_404(access.plan_or_404(request.member, id), retrospective)
    return retrospectives.finish(retrospective=row, by=request.member)


def _task(request: ApiRequest, pk: int | None) -> Task | None:
    if pk is None:
        return None
    found = work.tasks(request.member).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _step(row: PlanStep) -> reading.StepRow:
    return reading.step_rows([row])[0]
