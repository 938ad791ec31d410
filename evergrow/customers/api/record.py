"""What colleagues record about an account: notes, visits, who looks after it, its story."""

from datetime import date, datetime
from typing import Any, Literal

from django.http import Http404
from ninja import Query, Router, Schema, Status
from pydantic import Field

from evergrow.customers import access
from evergrow.customers.actions import notes as writing
from evergrow.customers.actions import team as seats
from evergrow.customers.actions import visits as visiting
from evergrow.customers.models import (
    Account,
    ActivityKind,
    Note,
    Person,
    TeamRole,
    TeamSeat,
    Visibility,
    Visit,
    VisitState,
)
from evergrow.customers.visits.access import entries, visit_or_404, visits_of
from evergrow.workspaces import queries as colleagues
from evergrow.workspaces.api import ApiRequest, Day, Input, Line, Moment, Number, Page, RowId, Text, Window, page, token

router = Router()


class NoteOut(Schema):
    id: int
    author: int | None = Field(alias="author_id")
    body: str
    created_at: datetime
    edited_at: datetime | None


class NoteIn(Input):
    body: Text = Field(min_length=1)


class VisitOut(Schema):
    """An activity; ``sentiment`` is −1 dissatisfied, 0 neutral, 1 satisfied; ``minutes`` how long it takes."""

    id: int
    author: int | None = Field(alias="author_id")
    kind: ActivityKind
    state: VisitState
    title: str
    happened_on: date
    starts_at: datetime | None
    minutes: int | None
    place: str
    direction: str
    agenda: str
    scene: str
    visibility: Visibility
    person: int | None = Field(None, alias="person.number")
    product: str
    version: str
    experience: str
    next_step: str
    need: str
    evaluation: str
    competitor: str
    sentiment: int
    created_at: datetime


class VisitChange(Input):
    """What to change; what is left out stays."""

    kind: ActivityKind = ActivityKind.VISIT
    title: Line = ""
    happened_on: Day = Field(date(2000, 1, 1))
    starts_at: Moment | None = Field(None, description="When it begins; the day follows from it.")
    minutes: int | None = Field(None, ge=1, le=100_000)
    place: Line = ""
    direction: Literal["", "in", "out"] = Field("", description="in: from the customer.")
    agenda: Text = ""
    scene: Text = ""
    visibility: Visibility = Visibility.ACCOUNT
    person: Number | None = Field(None, description="The number of the contact.")
    product: Line = Field("", max_length=120)
    version: Line = Field("", max_length=60)
    experience: Text = ""
    next_step: Text = ""
    need: Text = ""
    evaluation: Text = ""
    competitor: Line = Field("", max_length=120)
    sentiment: int = Field(0, ge=-1, le=1)


class VisitIn(VisitChange):
    """At least one field of words is needed."""

    happened_on: Day


class SeatOut(Schema):
    """Who held a role of the iron triangle, up to and not including ``ended_on``."""

    role: TeamRole
    member: int = Field(alias="member_id")
    started_on: date
    ended_on: date | None


class SeatIn(Input):
    member: RowId
    on: Day = Field(description="The day of the hand-over, not after today.")


class EntryOut(Schema):
    """A line of the account's story; ``data`` holds its words."""

    id: int
    at: datetime
    kind: str
    by: int | None = Field(alias="by_id")
    data: dict[str, Any]


@router.get("/accounts/{number}/notes", auth=token("view"), response=Page[NoteOut], summary="Notes", tags=["notes"])
def notes(request: ApiRequest, number: Number, window: Query[Window]) -> dict[str, Any]:
    """The notes about an account, newest first."""
    return page(access.account_or_404(request.member, number).notes.all(), window, by="-pk")


@router.post(
    "/accounts/{number}/notes", auth=token("work"), response={201: NoteOut}, summary="Write a note", tags=["notes"]
)
def add_note(request: ApiRequest, number: Number, words: NoteIn) -> Status[Note]:
    account = access.account_or_404(request.member, number)
    return Status(201, writing.add_note(account=account, body=words.body, by=request.member))


@router.patch(
    "/accounts/{number}/notes/{id}", auth=token("work"), response=NoteOut, summary="Change a note", tags=["notes"]
)
def edit_note(request: ApiRequest, number: Number, id: RowId, words: NoteIn) -> Note:
    """Its author may, and whoever may manage."""
    note = access.account_or_404(request.member, number).notes.filter(pk=id).first()
    if note is None:
        raise Http404
    return writing.edit_note(note=note, body=words.body, by=request.member)


@router.get("/accounts/{number}/visits", auth=token("view"), response=Page[VisitOut], summary="Visits", tags=["visits"])
def visits(request: ApiRequest, number: Number, window: Query[Window]) -> dict[str, Any]:
    """The visit records of an account, newest first."""
    account = access.account_or_404(request.member, number)
    return page(visits_of(request.member, account).select_related("person"), window, by="-pk")


@router.post(
    "/accounts/{number}/visits", auth=token("work"), response={201: VisitOut}, summary="Log a visit", tags=["visits"]
)
def log_visit(request: ApiRequest, number: Number, facts: VisitIn) -> Status[Visit]:
    account = access.account_or_404(request.member, number)
    words = facts.model_dump(exclude={"person"})
    person = _contact(account, facts.person)
    return Status(201, visiting.log_visit(account=account, by=request.member, person=person, **words))


@router.patch(
    "/accounts/{number}/visits/{id}", auth=token("work"), response=VisitOut, summary="Change a visit", tags=["visits"]
)
def edit_visit(request: ApiRequest, number: Number, id: RowId, facts: VisitChange) -> Visit:
    account = access.account_or_404(request.member, number)
    visit = visit_or_404(request.member, account, id)
    wishes = facts.model_dump(exclude_unset=True)
    if "person" in wishes:
        wishes["person"] = _contact(account, wishes["person"])
    return visiting.edit_visit(visit=visit, by=request.member, **wishes)


@router.get("/accounts/{number}/team", auth=token("view"), response=list[SeatOut], summary="Team", tags=["team"])
def team(request: ApiRequest, number: Number) -> list[TeamSeat]:
    """Who holds and held which role, the present ones first."""
    held = access.account_or_404(request.member, number).team.all()
    return sorted(held, key=lambda seat: (seat.ended_on is not None, -seat.started_on.toordinal(), seat.role))


@router.put(
    "/accounts/{number}/team/{role}",
    auth=token("manage"),
    response=list[SeatOut],
    summary="Hand a role over",
    tags=["team"],
)
def assign_seat(request: ApiRequest, number: Number, role: TeamRole, seat: SeatIn) -> list[TeamSeat]:
    """Give a role at an account to a colleague from a day on."""
    account = access.account_or_404(request.member, number)
    member = colleagues.member_or_404(request.member, seat.member)
    seats.assign_seat(accounts=[account], role=role, member=member, by=request.member, on=seat.on)
    return team(request, number)


@router.delete(
    "/accounts/{number}/team/{role}", auth=token("manage"), response={204: None}, summary="Free a role", tags=["team"]
)
def vacate_seat(request: ApiRequest, number: Number, role: TeamRole, on: Day) -> Status[None]:
    """End the present seat of a role without a successor."""
    account = access.account_or_404(request.member, number)
    seats.vacate_seat(account=account, role=role, by=request.member, on=on)
    return Status(204, None)


@router.get(
    "/accounts/{number}/timeline", auth=token("view"), response=Page[EntryOut], summary="Timeline", tags=["timeline"]
)
def timeline(request: ApiRequest, number: Number, window: Query[Window]) -> dict[str, Any]:
    """The story of an account, what was written last first."""
    return page(entries(request.member, access.account_or_404(request.member, number).timeline.all()), window, by="-pk")


def _contact(account: Account, number: int | None) -> Person | None:
    if number is None:
        return None
    person = Person.objects.filter(workspace_id=account.workspace_id, number=number, merged_into=None).first()
    if person is None:
        raise Http404
    return person
