"""Planned activities, and the points written out of records."""

from datetime import datetime
from typing import Any

from ninja import Query, Router, Schema, Status
from pydantic import Field

from evergrow.customers import access as customers
from evergrow.customers.api.record import VisitChange, VisitOut, _contact
from evergrow.customers.models import Importance, Point, PointKind, PointState, Visit, VisitState
from evergrow.customers.visits import access, points, writing
from evergrow.customers.visits.lists import PointList
from evergrow.workspaces import queries as colleagues
from evergrow.workspaces.api import ApiRequest, Input, Line, Moment, Number, Page, RowId, Text, Window, page, token

router = Router()


class VisitPlanIn(VisitChange):
    """What is planned; a moment is needed, words are not."""

    starts_at: Moment


class VisitPointOut(Schema):
    """A need, issue, praise or next step; ``importance`` is 0 none to 3 high."""

    id: int
    account: int = Field(alias="account.number")
    visit: int | None = Field(alias="visit_id")
    person: int | None = Field(None, alias="person.number")
    kind: PointKind
    words: str
    product: str
    importance: int
    state: PointState
    answer: str
    owner: int | None = Field(alias="owner_id")
    created_at: datetime


class VisitPointIn(Input):
    kind: PointKind
    words: Text = Field(min_length=1)
    visit: RowId | None = Field(None, description="The record it was said in.")
    person: Number | None = None
    product: Line = Field("", max_length=120)
    importance: int = Field(Importance.LOW, ge=0, le=3)
    owner: RowId | None = Field(None, description="The id of a member.")


class VisitPointMove(Input):
    to: str = Field(pattern="^(answer|close|reopen)$")
    answer: Text = ""


class VisitPointFilter(Schema):
    kind: str = ""
    state: str = Field("", description="Empty: open and answered ones; all: closed ones as well.")
    product: str = ""
    importance: str = ""
    account: str = Field("", description="The number of an account.")


@router.get(
    "/accounts/{number}/plans", auth=token("view"), response=Page[VisitOut], summary="Planned visits", tags=["visits"]
)
def plans(request: ApiRequest, number: Number, window: Query[Window]) -> dict[str, Any]:
    """Visits, calls and meetings that lie ahead."""
    account = customers.account_or_404(request.member, number)
    rows = access.visits(request.member).filter(account=account, state=VisitState.PLANNED)
    return page(rows.select_related("person"), window, by="pk")


@router.post(
    "/accounts/{number}/plans", auth=token("work"), response={201: VisitOut}, summary="Plan a visit", tags=["visits"]
)
def plan(request: ApiRequest, number: Number, facts: VisitPlanIn) -> Status[Visit]:
    account = customers.account_or_404(request.member, number)
    words = facts.model_dump(exclude={"person", "happened_on"})
    person = _contact(account, facts.person)
    return Status(201, writing.plan(account=account, by=request.member, person=person, **words))


@router.get("/points", auth=token("view"), response=Page[VisitPointOut], summary="Needs and issues", tags=["points"])
def list_points(request: ApiRequest, chosen: Query[VisitPointFilter], window: Query[Window]) -> dict[str, Any]:
    """Needs, issues, praise and next steps of the accounts that the token's owner may see."""
    rows = PointList(request.member, chosen.model_dump()).narrowed().select_related("account", "person")
    return page(rows, window, by="-pk")


@router.post(
    "/accounts/{number}/points", auth=token("work"), response={201: VisitPointOut}, summary="Write out", tags=["points"]
)
def add_point(request: ApiRequest, number: Number, facts: VisitPointIn) -> Status[Point]:
    account = customers.account_or_404(request.member, number)
    owner = colleagues.member_or_404(request.member, facts.owner) if facts.owner else None
    visit = access.visit_or_404(request.member, account, facts.visit) if facts.visit else None
    made = points.write_out(
        account=account,
        by=request.member,
        kind=facts.kind,
        words=facts.words,
        visit=visit,
        person=_contact(account, facts.person),
        product=facts.product,
        importance=facts.importance,
        owner=owner,
    )
    return Status(201, made)


@router.post("/points/{id}/moves", auth=token("work"), response=VisitPointOut, summary="Move a point", tags=["points"])
def move_point(request: ApiRequest, id: RowId, move: VisitPointMove) -> Point:
    """Answer it (with words), close it, or reopen it."""
    return points.move(point=access.point_or_404(request.member, id), by=request.member, to=move.to, answer=move.answer)
