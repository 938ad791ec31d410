"""Plans for programs: drawn up, begun, tracked, closed; their steps and retrospectives."""

from datetime import date, datetime
from typing import Any, Literal

from django.http import Http404
from ninja import Query, Router, Schema, Status
from pydantic import Field

from evergrow.success import access as work
from evergrow.success.models.tasks import Task
from evergrow.success.plans import access, acts, course, reading, retrospectives, steps, tracking, wishes
from evergrow.success.plans.models import (
    Direction,
    Plan,
    PlanState,
    PlanStep,
    PlanStepState,
    PlanUnit,
    Retrospective,
    RetrospectiveCause,
    RetrospectiveState,
    Tolerance,
)
from evergrow.workspaces import queries
from evergrow.workspaces.api import ApiRequest, Day, Input, Line, Page, RowId, Text, Window, page, token
from evergrow.workspaces.models import Member

router = Router(tags=["plans"])
Words = dict[str, str]


class PlanNameIn(Input):
    """In one language at least."""

    zh: Line = ""
    en: Line = ""


class MilestoneIn(Input):
    on: Day
    value: float


class MilestoneOut(Schema):
    on: date
    value: float


class PlanReadingOut(Schema):
    """The value of a week; without one, ``missing`` says why. ``expected`` is what was asked for on the day ``on``."""

    week: date
    on: date
    value: float | None
    expected: float | None
    missing: str
    comment: str
    is_entered: bool


class PlanStepOut(Schema):
    """``owner`` and ``due_on`` are those of the task where the step is one."""

    id: int = Field(alias="step.pk")
    name: str
    state: PlanStepState
    owner: int | None
    due_on: date | None
    task: int | None = Field(alias="step.task_id")
    retrospective: int | None = Field(alias="step.retrospective_id")

    @staticmethod
    def resolve_name(row: reading.StepRow) -> str:
        return str(row.step)

    @staticmethod
    def resolve_owner(row: reading.StepRow) -> int | None:
        return row.owner.pk if row.owner else None


class RetrospectiveOut(Schema):
    id: int
    why: RetrospectiveCause
    state: RetrospectiveState
    due_on: date
    readings: list[dict[str, Any]]
    cause: str
    learned: str
    no_action: str
    opened_at: datetime
    ended_at: datetime | None
    actions: list[int]

    @staticmethod
    def resolve_actions(row: Retrospective) -> list[int]:
        return [each.pk for each in row.actions.all()]


class OperatingPlanOut(Schema):
    """Values are as people read them: 85 for 85 %. ``light``: how a running plan stands, from ``retro`` to ``on``."""

    id: int
    name: Words
    goal: Words
    metric: dict[str, Any]
    unit: PlanUnit
    unit_word: str
    direction: Direction
    start_value: float | None
    target: float
    milestones: list[MilestoneOut]
    starts_on: date
    ends_on: date
    tolerance: float
    tolerance_kind: Tolerance
    in_a_row: int
    retro_days: int
    subject_kind: str
    subject_key: str
    owner: int | None = Field(alias="owner_id")
    state: PlanState
    light: course.Light | None
    value: float | None
    expected: float | None
    progress: float | None

    @staticmethod
    def resolve_milestones(plan: Plan) -> list[dict[str, Any]]:
        return [{"on": on, "value": value} for on, value in plan.milestones]

    @staticmethod
    def resolve_light(plan: Plan) -> course.Light | None:
        return _row(plan).light

    @staticmethod
    def resolve_value(plan: Plan) -> float | None:
        return _row(plan).value

    @staticmethod
    def resolve_expected(plan: Plan) -> float | None:
        return course.expected(plan, plan.workspace.today())

    @staticmethod
    def resolve_progress(plan: Plan) -> float | None:
        return _row(plan).progress


class PlanWhole(OperatingPlanOut):
    concerned: list[int]
    end_value: float | None
    end_note: str
    readings: list[PlanReadingOut]
    steps: list[PlanStepOut]
    retrospectives: list[RetrospectiveOut]

    @staticmethod
    def resolve_concerned(plan: Plan) -> list[int]:
        return list(plan.concerned.values_list("pk", flat=True))

    @staticmethod
    def resolve_readings(plan: Plan) -> list[Any]:
        return list(plan.readings.all())

    @staticmethod
    def resolve_steps(plan: Plan) -> list[reading.StepRow]:
        return reading.step_rows(plan.steps.all())

    @staticmethod
    def resolve_retrospectives(plan: Plan) -> list[Retrospective]:
        return list(plan.retrospectives.prefetch_related("actions"))


class PlanIn(Input):
    """A plan as it should be. ``metric`` as in the documentation; ``owner`` left out: whoever made the token."""

    name: PlanNameIn
    goal: PlanNameIn = PlanNameIn()
    metric: dict[str, Any]
    unit: PlanUnit = PlanUnit.NUMBER
    unit_word: Line = ""
    direction: Direction = Direction.HIGHER
    start_value: float | None = Field(None, description="null: measured when the plan begins.")
    target: float
    milestones: list[MilestoneIn] = Field([], max_length=wishes.MOST_MILESTONES)
    starts_on: Day
    ends_on: Day
    tolerance: float = 10
    tolerance_kind: Tolerance = Tolerance.PERCENT
    in_a_row: int = Field(2, ge=1, le=wishes.MOST_WEEKS)
    retro_days: int = Field(5, ge=0, le=wishes.MOST_DAYS)
    subject_kind: Line = ""
    subject_key: Line = ""
    owner: RowId | None = None
    concerned: list[RowId] = Field([], max_length=50)


class PlanMoveIn(Input):
    """``cancel`` needs a note."""

    move: Literal["begin", "reached", "missed", "cancel"]
    note: Line = ""


class PlanWeekIn(Input):
    """A value only where the plan's is entered; a comment always. What is left out stays as it is."""

    value: float | None = None
    comment: Text | None = None


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


class PlanWindow(Window):
    state: PlanState | None = None
    subject_kind: Line = ""
    subject_key: Line = ""


class ReviewWindow(Schema):
    week: Day | None = Field(None, description="Any day of it; left out: last week.")


class ReviewedOut(Schema):
    """A running plan in a week: its value at the end of it, what was expected, and the difference."""

    plan: int = Field(alias="row.plan.pk")
    light: course.Light | None = Field(alias="row.light")
    value: float | None
    expected: float | None
    gap: float | None
    is_off: bool | None
    comment: str

    @staticmethod
    def resolve_value(each: reading.Reviewed) -> float | None:
        return each.week.value if each.week else None

    @staticmethod
    def resolve_expected(each: reading.Reviewed) -> float | None:
        return each.week.expected if each.week else None

    @staticmethod
    def resolve_gap(each: reading.Reviewed) -> float | None:
        return each.week.gap if each.week else None

    @staticmethod
    def resolve_is_off(each: reading.Reviewed) -> bool | None:
        return each.week.is_off if each.week else None

    @staticmethod
    def resolve_comment(each: reading.Reviewed) -> str:
        return each.week.reading.comment if each.week and each.week.reading else ""


@router.get("/plans", auth=token("view"), response=Page[OperatingPlanOut], summary="Plans")
def plans(request: ApiRequest, window: Query[PlanWindow]) -> dict[str, Any]:
    """Members who see only some of the accounts get the plans that they take part in."""
    rows = reading.whole(access.plans(request.member))
    rows = rows.filter(state=window.state) if window.state else rows
    if window.subject_kind:
        rows = rows.filter(subject_kind=window.subject_kind, subject_key=window.subject_key)
    return page(rows, window, by="-pk")


@router.post("/plans", auth=token("work"), response={201: PlanWhole}, summary="Draw up a plan")
def draw_up(request: ApiRequest, wish: PlanIn) -> Status[Plan]:
    """A draft; it begins with a move."""
    return Status(201, acts.draw_up(wish=_wish(request, wish), by=request.member))


@router.get("/plans/review", auth=token("view"), response=list[ReviewedOut], summary="The week's review")
def review(request: ApiRequest, window: Query[ReviewWindow]) -> list[reading.Reviewed]:
    """All running plans in a week, the worst first."""
    today = request.workspace.today()
    return reading.review(request.member, course.week_of(window.week or today - course.WEEK))


@router.get("/plans/{id}", auth=token("view"), response=PlanWhole, summary="A plan")
def plan(request: ApiRequest, id: RowId) -> Plan:
    return reading.whole_or_404(request.member, id)


@router.put("/plans/{id}", auth=token("work"), response=PlanWhole, summary="Change a plan")
def change(request: ApiRequest, id: RowId, wish: PlanIn) -> Plan:
    """As a whole. A running plan keeps its metric, its unit and its first day."""
    found = access.plan_or_404(request.member, id)
    acts.change(plan=found, wish=_wish(request, wish), by=request.member)
    return reading.whole_or_404(request.member, id)


@router.post("/plans/{id}/moves", auth=token("work"), response=PlanWhole, summary="Move a plan")
def move(request: ApiRequest, id: RowId, wish: PlanMoveIn) -> Plan:
    """Begin, close or cancel it. It cannot be closed while a retrospective is open; a missed one asks for another."""
    found, by = access.plan_or_404(request.member, id), request.member
    if wish.move == "begin":
        acts.begin(plan=found, by=by)
    elif wish.move == "cancel":
        acts.cancel(plan=found, by=by, note=wish.note)
    else:
        acts.close(plan=found, state=wish.move, by=by, note=wish.note)
    return reading.whole_or_404(by, id)


@router.post("/plans/{id}/measurement", auth=token("work"), response=PlanReadingOut, summary="Measure a plan now")
def measure(request: ApiRequest, id: RowId) -> Any:
    """The running week as far as it has gone."""
    return tracking.measure_now(plan=access.plan_or_404(request.member, id), by=request.member)


@router.put("/plans/{id}/weeks/{week}", auth=token("work"), response=PlanReadingOut, summary="Write down a week")
def write_week(request: ApiRequest, id: RowId, week: Day, wish: PlanWeekIn) -> Any:
    """The value or a comment of the week that holds this day."""
    found = access.plan_or_404(request.member, id)
    monday = course.week_of(week)
    return tracking.enter(plan=found, week=monday, value=wish.value, comment=wish.comment, by=request.member)


@router.post("/plans/{id}/steps", auth=token("work"), response={201: PlanStepOut}, summary="Add a step")
def add_step(request: ApiRequest, id: RowId, wish: PlanStepIn) -> Status[reading.StepRow]:
    """To the plan, or to an open retrospective of it as a corrective action."""
    found, by = access.plan_or_404(request.member, id), request.member
    made = steps.add(
        plan=found,
        by=by,
        name=wish.name,
        owner=_member(request, wish.owner),
        due_on=wish.due_on,
        task=_task(request, wish.task),
        retrospective=access.retrospective_or_404(found, wish.retrospective) if wish.retrospective else None,
    )
    return Status(201, _step(made))


@router.put("/plans/{id}/steps/{step}", auth=token("work"), response=PlanStepOut, summary="Change a step")
def change_step(request: ApiRequest, id: RowId, step: RowId, wish: PlanStepIn) -> reading.StepRow:
    """What, who and until when; ``task`` and ``retrospective`` stay."""
    row = access.step_or_404(access.plan_or_404(request.member, id), step)
    owner = _member(request, wish.owner)
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


def _row(plan: Plan) -> reading.Row:
    return reading.row(plan, plan.workspace.today())


def _wish(request: ApiRequest, wish: PlanIn) -> wishes.Wish:
    facts = wish.model_dump(exclude={"milestones", "owner", "concerned"})
    return wishes.Wish(
        **facts,
        milestones=[(each.on, each.value) for each in wish.milestones],
        owner=_member(request, wish.owner),
        concerned=[queries.member_or_404(request.member, pk) for pk in wish.concerned],
    )


def _member(request: ApiRequest, pk: int | None) -> Member | None:
    return queries.member_or_404(request.member, pk) if pk is not None else None


def _task(request: ApiRequest, pk: int | None) -> Task | None:
    if pk is None:
        return None
    found = work.tasks(request.member).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _step(row: PlanStep) -> reading.StepRow:
    return reading.step_rows([row])[0]
