"""Operations of absences."""

from datetime import date
from typing import Any

from ninja import Query, Router, Schema, Status

from evergrow.workspaces import queries
from evergrow.workspaces.absences import acts, reading
from evergrow.workspaces.absences.models import Absence
from evergrow.workspaces.api.pages import Page, Window, page
from evergrow.workspaces.api.tokens import ApiRequest, token
from evergrow.workspaces.api.types import Day, Input, Line, RowId

router = Router()


class AbsenceOut(Schema):
    """Both days are included."""

    id: int
    member_id: int
    delegate_id: int
    starts_on: date
    ends_on: date
    note: str


class NewAbsence(Input):
    """Without ``member_id`` one's own; those who manage may name another."""

    member_id: RowId | None = None
    delegate_id: RowId
    starts_on: Day
    ends_on: Day
    note: Line = ""


@router.get("/absences", auth=token("view"), response=Page[AbsenceOut], tags=["members"], summary="Absences")
def absences(request: ApiRequest, window: Query[Window]) -> dict[str, Any]:
    """Who is away now and who will be."""
    return page(reading.absences(request.workspace), window)


@router.post("/absences", auth=token("work"), response={201: AbsenceOut}, tags=["members"], summary="Enter an absence")
def enter(request: ApiRequest, wish: NewAbsence) -> Status[Absence]:
    """New work goes to the delegate from the first day to the last."""
    member = queries.member_or_404(request.member, wish.member_id) if wish.member_id else request.member
    delegate = queries.member_or_404(request.member, wish.delegate_id)
    days = {"starts_on": wish.starts_on, "ends_on": wish.ends_on}
    return Status(201, acts.enter(member=member, delegate=delegate, note=wish.note, by=request.member, **days))


@router.delete("/absences/{id}", auth=token("work"), response={204: None}, tags=["members"], summary="End an absence")
def end(request: ApiRequest, id: RowId) -> Status[None]:
    """Call it off or end it early; what is open goes back."""
    acts.end(absence=reading.absence_or_404(request.member, id), by=request.member)
    return Status(204, None)
