"""The board, the calendar and its feed."""

from datetime import date, datetime, timedelta
from typing import Any, Literal

from ninja import Query, Router, Schema, Status
from ninja.errors import ValidationError
from pydantic import Field

from evergrow.success import access
from evergrow.success.api.tasks import TaskOut, Whose
from evergrow.success.board import columns, moving
from evergrow.success.day import feed as feeds
from evergrow.success.day import sources
from evergrow.success.day.listing import ask
from evergrow.success.models import Task
from evergrow.workspaces.api import ApiRequest, Day, Input, Line, RowId, Text, token

router = Router(tags=["board and calendar"])
MOST_DAYS = 92


class BoardWindow(Schema):
    by: Literal["state", "owner"] = "state"
    whose: Whose = Whose.ALL


class ColumnOut(Schema):
    """A column: ``count`` tasks in all, the first 25 of them as ``cards``."""

    key: str = Field(description="A state, a member's id, or “nobody”.")
    name: str
    count: int
    points: float
    overdue: int
    cards: list[TaskOut]


class ColumnIn(Input):
    by: Literal["state", "owner"] = "state"
    to: Line = Field(description="The key of the column.")
    evidence: Text = ""


class CalendarWindow(Schema):
    since: Day
    until: Day = Field(description="At most 92 days after since.")
    whose: Whose = Whose.MINE


class CalendarEntryOut(Schema):
    """Something on a day; ``starts_at`` is set where it has a time of day."""

    key: str
    on: date
    title: str
    about: str
    owner: str
    can_move: bool
    starts_at: datetime | None
    ends_at: datetime | None


class FeedOut(Schema):
    url: str = Field(description="Shown only now. Whoever knows it can read the member's work.")


@router.get("/board", auth=token("view"), response=list[ColumnOut], summary="The board")
def board(request: ApiRequest, window: Query[BoardWindow]) -> list[columns.Column[Task]]:
    return columns.board_of(request.member, window.by, window.whose.value, columns.tasks)


@router.put("/tasks/{id}/column", auth=token("work"), response=TaskOut, summary="Move a card")
def move_card(request: ApiRequest, id: RowId, wish: ColumnIn) -> Task:
    """Take a task to another column of the board; refused by the same names as its moves."""
    row = access.task_or_404(request.member, id)
    if wish.by == "owner":
        return moving.to_owner(task=row, to=wish.to, by=request.member)
    return moving.to_state(task=row, to=wish.to, by=request.member, evidence=wish.evidence)


@router.get("/calendar", auth=token("view"), response=list[CalendarEntryOut], summary="The calendar")
def calendar(request: ApiRequest, window: Query[CalendarWindow]) -> list[sources.Entry]:
    """Tasks, renewals and what other rooms put on a calendar. Days are moved with the due date of a task."""
    if not timedelta(0) <= window.until - window.since <= timedelta(days=MOST_DAYS):
        message = f"until must lie 0 to {MOST_DAYS} days after since."
        raise ValidationError([{"loc": ["query", "until"], "msg": message}])
    asked = ask(request.member, window.whose.value)
    found = [
        entry
        for source in sources.every()
        if source.between is not None
        for entry in source.between(asked, window.since, window.until)
    ]
    return sorted(found, key=lambda entry: (entry.on, entry.key))


@router.post("/calendar-feed", auth=token("view"), response={201: FeedOut}, summary="Make a calendar address")
def make_feed(request: ApiRequest) -> Status[dict[str, Any]]:
    """A new secret address of the calendar of whoever made the token; the one before ends."""
    secret = feeds.make(member=request.member)
    return Status(201, {"url": request.build_absolute_uri(f"/calendars/{secret}.ics")})


@router.delete("/calendar-feed", auth=token("view"), response={204: None}, summary="Revoke the calendar address")
def revoke_feed(request: ApiRequest) -> None:
    feeds.revoke(member=request.member)
