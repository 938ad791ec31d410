"""The team's work through the API: the figures, and moving much of it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any

from ninja import Query, Router, Schema
from pydantic import Field

from evergrow.customers.models import BulkChange
from evergrow.success import access
from evergrow.success.manager import acts, asking, planning
from evergrow.success.manager.asking import Ask
from evergrow.success.manager.cycle import Book, cycle
from evergrow.success.manager.fairness import fairness
from evergrow.success.manager.lists import AGES
from evergrow.success.manager.outcomes import Outcome, Share, outcomes
from evergrow.success.manager.overdue import overdue
from evergrow.success.manager.planning import Proposal
from evergrow.success.manager.stopping import VersionCourse, courses
from evergrow.success.manager.throughput import throughput
from evergrow.workspaces.api import ApiRequest, Input, RowId, token

router = Router(tags=["team's work"])


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


@router.get("/work/throughput", auth=token("view"), response=ThroughputOut, summary="What came and went by week")
def work_throughput(request: ApiRequest, window: Query[WorkWindow]) -> dict[str, Any]:
    """Tasks that became to do, and those done, left out or cancelled, by week, colleague, team and playbook."""
    ask = _ask(request, window)
    found = throughput(ask)
    ways = ("key", "name", "opened", "done", "skipped", "cancelled")
    weeks = [
        {"starts_on": day, **{way: getattr(counts, way) for way in ways}}
        for day, counts in zip(ask.days, found.weeks, strict=False)
    ]
    return {"weeks": weeks, "members": found.members, "teams": found.teams, "playbooks": found.playbooks}


@router.get("/work/overdue", auth=token("view"), response=OverdueOut, summary="What is overdue now")
def work_overdue(request: ApiRequest, window: Query[WorkWindow]) -> dict[str, Any]:
    found = overdue(_ask(request, window))
    spans = [f"{low}-{high}" if high else f"{low}-" for low, high in AGES]
    return {"spans": spans, "total": found.total, "members": found.members}


@router.get("/work/cycle-times", auth=token("view"), response=list[CycleBookOut], summary="How long work takes")
def work_times(request: ApiRequest, window: Query[WorkWindow]) -> list[Book]:
    return cycle(_ask(request, window))


@router.get("/work/stops", auth=token("view"), response=list[VersionCourseOut], summary="How far runs come")
def work_stops(request: ApiRequest, window: Query[WorkWindow]) -> list[VersionCourse]:
    return courses(_ask(request, window))


@router.get("/work/outcomes", auth=token("view"), response=list[OutcomeOut], summary="Outcomes of playbooks")
def work_outcomes(request: ApiRequest, window: Query[WorkWindow]) -> list[dict[str, Any]]:
    """By playbook, and by each of its versions."""
    found = outcomes(_ask(request, window))
    return [_outcome(row) for book, versions in found for row in (book, *versions)]


@router.get("/work/balance", auth=token("view"), response=FairnessOut, summary="Load and fairness")
def work_balance(request: ApiRequest, window: Query[WorkWindow]) -> dict[str, Any]:
    found = fairness(_ask(request, window))
    members = [
        {
            "member": part.load.member.pk,
            "points": part.load.points,
            "capacity": part.load.capacity,
            "of_points": part.of_points,
            "of_capacity": part.of_capacity,
        }
        for part in found.parts
    ]
    return {"points": found.points, "capacity": found.capacity, "to_move": found.to_move, "members": members}


@router.post("/work/reassignments", auth=token("manage"), response=WorkMoveOut, summary="Give tasks to others")
def reassign_tasks(request: ApiRequest, wish: ReassignIn) -> dict[str, Any]:
    """To one colleague, or spread over several by free capacity; many as a job. It can be taken back for 7 days."""
    to = [member for member in access.colleagues(request.member) if member.pk in set(wish.members)]
    chosen = access.tasks(request.member).filter(pk__in=wish.tasks)
    if len(to) < len(set(wish.members)):
        raise planning.NobodyChosen()
    return _moved(request, planning.reassignment(request.member, chosen, to), wish.only_plan)


@router.post("/work/date-shifts", auth=token("manage"), response=WorkMoveOut, summary="Shift the dates of tasks")
def shift_dates(request: ApiRequest, wish: ShiftIn) -> dict[str, Any]:
    """By days or working days; those without a date stay. It can be taken back for 7 days."""
    chosen = access.tasks(request.member).filter(pk__in=wish.tasks)
    return _moved(request, planning.shift(request.member, chosen, wish.days, wish.unit.value), wish.only_plan)


def _ask(request: ApiRequest, window: WorkWindow) -> Ask:
    asking.check_sees_team(request.member)
    return asking.read(request.member, {name: str(value) for name, value in window.model_dump().items()})


def _moved(request: ApiRequest, proposal: Proposal, only_plan: bool) -> dict[str, Any]:
    members = [
        {
            "member": effect.member.pk,
            "gets": effect.comes,
            "gives": effect.goes,
            "points_before": effect.before.points,
            "points_after": effect.after.points,
            "capacity": effect.after.capacity,
        }
        for effect in planning.effects(request.member, proposal)
    ]
    made: BulkChange | None = None if only_plan else acts.make(proposal, by=request.member)
    return {
        "change": made and made.pk,
        "state": made.state if made else "planned",
        "count": len(proposal.moves),
        "settled": proposal.settled,
        "same": proposal.same,
        "undo_until": made and made.undo_until,
        "moves": [{"task": pk, "before": old, "after": new} for pk, (old, new) in proposal.moves.items()],
        "members": members,
    }


def _share(share: Share) -> dict[str, Any]:
    low, high = share.interval if share.n else (None, None)
    return {"hits": share.hits, "n": share.n, "share": share.share, "low": low, "high": high}


def _outcome(row: Outcome) -> dict[str, Any]:
    return {
        "playbook": row.playbook,
        "number": row.number,
        "runs": row.runs,
        "median_change": row.median_change,
        "rose": _share(row.rose),
        "still_paid": _share(row.kept),
        "renewed": _share(row.renewed),
        "too_early_for_score": row.too_early,
        "without_scores": row.unscored,
        "too_early_for_revenue": row.too_early_money,
    }
