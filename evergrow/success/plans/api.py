"""Plans for programs: drawn up, begun, tracked, closed."""

from typing import Any

from ninja import Query, Router, Status

from evergrow.success.plans import access, acts, course, reading, tracking, wishes
from evergrow.success.plans.models import (
    Plan,
)
from evergrow.success.plans.shapes import (
    OperatingPlanIn,
    OperatingPlanOut,
    PlanMoveIn,
    PlanReadingOut,
    PlanWeekIn,
    PlanWhole,
    PlanWindow,
    ReviewedOut,
    ReviewWindow,
)
from evergrow.workspaces import queries
from evergrow.workspaces.api import ApiRequest, Day, Page, RowId, page, token
from evergrow.workspaces.models import Member

router = Router(tags=["plans"])


@router.get("/plans", auth=token("view"), response=Page[OperatingPlanOut], summary="Plans")
def plans(request: ApiRequest, window: Query[PlanWindow]) -> dict[str, Any]:
    """Members who see only some of the accounts get the plans that they take part in."""
    rows = reading.whole(access.plans(request.member))
    rows = rows.filter(state=window.state) if window.state else rows
    if window.subject_kind:
        rows = rows.filter(subject_kind=window.subject_kind, subject_key=window.subject_key)
    return page(rows, window, by="-pk")


@router.post("/plans", auth=token("work"), response={201: PlanWhole}, summary="Draw up a plan")
def draw_up(request: ApiRequest, wish: OperatingPlanIn) -> Status[Plan]:
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
def change(request: ApiRequest, id: RowId, wish: OperatingPlanIn) -> Plan:
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


def _wish(request: ApiRequest, wish: OperatingPlanIn) -> wishes.Wish:
    facts = wish.model_dump(exclude={"milestones", "owner", "concerned"})
    return wishes.Wish(
        **facts,
        milestones=[(each.on, each.value) for each in wish.milestones],
        owner=member_of(request, wish.owner),
        concerned=[queries.member_or_404(request.member, pk) for pk in wish.concerned],
    )


def member_of(request: ApiRequest, pk: int | None) -> Member | None:
    return queries.member_or_404(request.member, pk) if pk is not None else None
