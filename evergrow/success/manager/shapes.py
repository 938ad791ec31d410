"""What the API takes and gives of the team's work."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from ninja import Schema
from pydantic import Field

from evergrow.success.manager import asking, planning
from evergrow.workspaces.api import Input, RowId


class WorkWindow(Schema):
    """``weeks``: 4, 13, 26 or 52 with the running one. ``team`` a name, ``member`` an id or “none”, ``playbook`` a key
    or “none” (made by hand); left out, all."""

    weeks: int = Field(asking.USUAL, description="4, 13, 26 or 52; another number counts as 13.")
    team: str = Field("", max_length=60)
    member: str = Field("", max_length=10)
    playbook: str = Field("", max_length=60)


class WorkCountsOut(Schema):
    """What came to be to do, was done, left out and cancelled; ``key`` is the filter's value, “none” for nobody."""

    key: str
    name: str
    opened: int
    done: int
    skipped: int
    cancelled: int


class WorkWeekOut(WorkCountsOut):
    starts_on: date


class ThroughputOut(Schema):
    """The last week is the running one."""

    weeks: list[WorkWeekOut]
    members: list[WorkCountsOut]
    teams: list[WorkCountsOut]
    playbooks: list[WorkCountsOut]


class LateOut(Schema):
    """Overdue tasks; ``ages`` counts those of 1–3, 4–7, 8–14, 15–30 and more days."""

    key: str
    name: str
    count: int
    ages: list[int]
    oldest: int = Field(description="Days.")
    mean: float | None = Field(description="Days.")


class OverdueOut(Schema):
    spans: list[str]
    total: LateOut
    members: list[LateOut]


class CycleTimesOut(Schema):
    """Kaplan–Meier over all ``n``: open ones and those left out count as long as they lasted. Days of 24 hours; null
    where the curve does not come so far."""

    key: str
    name: str
    n: int
    done: int
    open: int
    left: int
    median: float | None
    p75: float | None
    p90: float | None


class CycleBookOut(Schema):
    key: str = Field(description="A playbook's key; “none”: made by hand, with kinds of tasks as steps.")
    name: str
    runs: CycleTimesOut | None
    steps: list[CycleTimesOut]


class StepCourseOut(Schema):
    key: str
    name: str
    required: bool
    asked: int = Field(description="Runs in which the rules did not leave the step out.")
    reached: int
    done: int
    open: int
    skipped: int
    stopped: int = Field(description="Runs that were broken off with this as the first step at hand.")


class VersionCourseOut(Schema):
    """The runs of a version that began in the period."""

    playbook: str
    number: int
    runs: int
    completed: int
    open: int
    broken_off: int
    steps: list[StepCourseOut]


class ShareOut(Schema):
    """``hits`` of ``n``, with the 95% interval of Wilson; nulls where n is 0."""

    hits: int
    n: int
    share: float | None
    low: float | None
    high: float | None


class OutcomeOut(Schema):
    """What became of the customers of completed runs; an observation, no proof: nobody was held out."""

    playbook: str
    number: int | None = Field(description="The version; null: all together.")
    runs: int
    median_change: float | None = Field(description="Points of the score, from the start to 30 days after the end.")
    rose: ShareOut
    still_paid: ShareOut
    renewed: ShareOut
    too_early_for_score: int
    without_scores: int
    too_early_for_revenue: int


class FairPartOut(Schema):
    member: int
    points: float
    capacity: float
    of_points: float | None
    of_capacity: float | None


class FairnessOut(Schema):
    """``to_move``: the share of the points that would have to change hands for an even load (index of Hoover)."""

    points: float
    capacity: float
    to_move: float | None
    members: list[FairPartOut]


class ShiftUnit(StrEnum):
    DAYS = "days"
    WORKDAYS = "workdays"


Ids = Annotated[list[RowId], Field(min_length=1, max_length=planning.MOST)]


class ReassignIn(Input):
    tasks: Ids
    members: list[RowId] = Field(min_length=1, max_length=200, description="Several: spread by free capacity.")
    only_plan: bool = Field(False, description="Only say what it would come to.")


class ShiftIn(Input):
    tasks: Ids
    days: int = Field(ge=-planning.MOST_DAYS, le=planning.MOST_DAYS)
    unit: ShiftUnit = ShiftUnit.WORKDAYS
    only_plan: bool = Field(False, description="Only say what it would come to.")


class PlannedMoveOut(Schema):
    task: int
    before: int | date | None
    after: int | date | None


class LoadEffectOut(Schema):
    member: int
    gets: int
    gives: int
    points_before: float
    points_after: float
    capacity: float


class WorkMoveOut(Schema):
    """``change`` is null for a plan alone; take one back with ``PUT /bulk-changes/{id}/undoing``. ``state`` is running
    while a job is at it."""

    change: int | None
    state: str
    count: int
    settled: int = Field(description="Of the chosen, over already.")
    same: int = Field(description="Of the chosen, as they would be already, or without a date.")
    undo_until: datetime | None
    moves: list[PlannedMoveOut]
    members: list[LoadEffectOut]
