"""Operations of working days."""

from datetime import date, timedelta
from typing import Annotated, Any

from ninja import Query, Router, Schema, Status
from pydantic import Field

from evergrow.lib import workdays
from evergrow.workspaces.api.tokens import ApiRequest, token
from evergrow.workspaces.api.types import Day, Input, Line, Text
from evergrow.workspaces.calendar import acts, days

router = Router()
Year = Annotated[int, Field(ge=acts.YEARS.start, lt=acts.YEARS.stop)]


class OwnDays(Schema):
    """Days of the workspace's own, both ends included."""

    first: date
    last: date
    works: bool
    name: str


class HolidayOut(Schema):
    name: str
    free: list[date]
    worked: list[date]


class WorkingDaysOut(Schema):
    """A year: its working days, the days of the workspace's own, and the official days that were taken in."""

    year: int
    calendar: str
    is_known: bool = Field(description="Whether the official holidays of the year are known.")
    working_days: list[date]
    own: list[OwnDays]
    official: list[HolidayOut]


class NewOwnDays(Input):
    first: Day
    last: Day
    works: bool = False
    name: Line


class YearAsked(Schema):
    year: Year | None = None


class NoticeOf(Schema):
    year: Year


class OwnDaysSpan(Schema):
    first: Day
    last: Day


class NewNotice(Input):
    year: Year
    text: Text = Field(description="The text of the notice of the State Council on the holidays of the year.")


@router.get("/working-days", auth=token("view"), response=WorkingDaysOut, tags=["workspace"], summary="Working days")
def working_days(request: ApiRequest, asked: Query[YearAsked]) -> dict[str, Any]:
    """The working days of a year, 2000 to 2099; without one, of the year that runs."""
    return _year(request, asked.year or request.workspace.today().year)


@router.post(
    "/own-days", auth=token("administer"), response={201: list[OwnDays]}, tags=["workspace"],
    summary="Make days free or worked",
)  # fmt: skip
def set_own(request: ApiRequest, wish: NewOwnDays) -> Status[list[days.Stretch]]:
    """They are free or worked whatever the calendar says. All days of the workspace's own come back."""
    acts.set_own(workspace=request.workspace, by=request.member, **wish.model_dump())
    return Status(201, days.stretches(days.own(request.workspace.calendar_days).values()))


@router.delete(
    "/own-days", auth=token("administer"), response={204: None}, tags=["workspace"],
    summary="Let the calendar count again",
)  # fmt: skip
def unset_own(request: ApiRequest, span: Query[OwnDaysSpan]) -> Status[None]:
    """Days of the workspace's own from ``first`` to ``last`` are as the calendar says again."""
    acts.unset_own(workspace=request.workspace, first=span.first, last=span.last, by=request.member)
    return Status(204, None)


@router.post(
    "/holiday-notices", auth=token("administer"), response={201: WorkingDaysOut}, tags=["workspace"],
    summary="Take in an official notice",
)  # fmt: skip
def take_in(request: ApiRequest, notice: NewNotice) -> Status[dict[str, Any]]:
    """The days of the year are as its notice says from now on."""
    acts.take_in(workspace=request.workspace, year=notice.year, text=notice.text, by=request.member)
    return Status(201, _year(request, notice.year))


@router.delete(
    "/holiday-notices", auth=token("administer"), response={204: None}, tags=["workspace"],
    summary="Forget an official notice",
)  # fmt: skip
def take_back(request: ApiRequest, year: Query[NoticeOf]) -> Status[None]:
    """What was taken in for the year no longer counts."""
    acts.take_back(workspace=request.workspace, year=year.year, by=request.member)
    return Status(204, None)


def _year(request: ApiRequest, year: int) -> dict[str, Any]:
    workspace, first = request.workspace, date(year, 1, 1)
    every = [first + timedelta(n) for n in range((date(year + 1, 1, 1) - first).days)]
    own = [each for day, each in days.own(workspace.calendar_days).items() if day.year == year]
    return {
        "year": year,
        "calendar": workspace.calendar,
        "is_known": workdays.is_known(first, workspace.workdays),
        "working_days": [day for day in every if workdays.is_workday(day, workspace.workdays)],
        "own": days.stretches(own),
        "official": days.official(workspace.calendar_days).get(year, []),
    }
