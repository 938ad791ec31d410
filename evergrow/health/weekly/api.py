"""Operations on the weekly readings of scorecard and models."""

from datetime import date, datetime
from typing import Any, Literal

from ninja import Query, Router, Schema, Status

from evergrow.health.weekly import actions
from evergrow.health.weekly.models import Reading
from evergrow.workspaces.api import ApiRequest, Page, Window, page, token

router = Router(tags=["health"])
WatchedName = Literal["scorecard", "churn", "expansion"]


class WeeklyReadingOut(Schema):
    """A reading; ``area`` (AUC) and its 95% interval are null with too few accounts to whom it ``happened`` or did not
    (``others``). ``drop``: the area at publishing minus this one; ``has_fallen`` where its interval lies above 0.
    """

    watched: WatchedName
    version: int
    week: date
    is_reference: bool
    within: int
    first: date | None
    last: date | None
    rows: int
    happened: int
    others: int
    area: float | None
    low: float | None
    high: float | None
    drop: float | None
    has_fallen: bool
    computed_at: datetime


class WeeklyWindow(Window):
    watched: WatchedName | None = None


class WeeklyQueuedOut(Schema):
    job: int


@router.get("/health/watch", auth=token("view"), response=Page[WeeklyReadingOut], summary="Weekly back-tests")
def readings(request: ApiRequest, window: Query[WeeklyWindow]) -> dict[str, Any]:
    """How well the scorecard and the models ranked, the newest first; ``is_reference``: at publishing."""
    rows = Reading.objects.filter(workspace=request.workspace)
    rows = rows if window.watched is None else rows.filter(watched=window.watched)
    return page(rows, window, by="-pk")


@router.post("/health/watch", auth=token("manage"), response={202: WeeklyQueuedOut}, summary="Read this week now")
def read_now(request: ApiRequest) -> Status[dict[str, int]]:
    """Take this week's readings anew."""
    return Status(202, {"job": actions.request_reading(workspace=request.workspace, by=request.member).pk})
