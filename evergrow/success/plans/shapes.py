"""What the API takes and gives of plans."""

from datetime import date, datetime
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from evergrow.success.plans import course, reading, wishes
from evergrow.success.plans.models import (
    Direction,
    Plan,
    PlanState,
    PlanStepState,
    PlanUnit,
    Retrospective,
    RetrospectiveCause,
    RetrospectiveState,
    Tolerance,
)
from evergrow.workspaces.api import Day, Input, Line, RowId, Text, Window

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


class OperatingPlanIn(Input):
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


def _row(plan: Plan) -> reading.Row:
    return reading.row(plan, plan.workspace.today())
