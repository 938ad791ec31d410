"""The team's work through the API: the figures, and moving much of it."""

from typing import Any

from ninja import Query, Router

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
from evergrow.success.manager.shapes import (
    CycleBookOut,
    FairnessOut,
    OutcomeOut,
    OverdueOut,
    ReassignIn,
    ShiftIn,
    ThroughputOut,
    VersionCourseOut,
    WorkMoveOut,
    WorkWindow,
)
from evergrow.success.manager.stopping import VersionCourse, courses
from evergrow.success.manager.throughput import throughput
from evergrow.workspaces.api import ApiRequest, token

router = Router(tags=["team's work"])


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
