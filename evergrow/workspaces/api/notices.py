"""Operations of notifications: one's own and how they come; the workspace's robots; what was sent."""

from datetime import datetime, time
from typing import Annotated, Any

from django.db.models import QuerySet
from django.http import Http404
from ninja import Query, Router, Schema, Status
from pydantic import Field, PlainSerializer, StrictBool

from evergrow.workspaces.api.pages import Page, Window, page
from evergrow.workspaces.api.tokens import ApiRequest, token
from evergrow.workspaces.api.types import Input, Line, RowId
from evergrow.workspaces.notices import preferences, reading, robots
from evergrow.workspaces.notices.channel_models import Channel, Delivery, DeliveryState, NoticeSettings, Pace, Robot
from evergrow.workspaces.notices.models import Notice

router = Router()


class NoticeOut(Schema):
    """``text`` is the sentence in the language of the request; ``url`` a path of this instance."""

    id: int
    kind: str
    text: str
    url: str
    by: str | None
    created_at: datetime
    read_at: datetime | None

    @staticmethod
    def resolve_text(notice: Notice) -> str:
        return str(notice)

    @staticmethod
    def resolve_by(notice: Notice) -> str | None:
        return str(notice.by) if notice.by else None


class NoticeWindow(Window):
    unread: bool = Field(False, description="Only those not read yet.")


class NoticeChange(Input):
    read: StrictBool


ClockTime = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["22:00"])]
"""A time on the member's own clock."""

WrittenTime = Annotated[time, PlainSerializer(lambda value: f"{value:%H:%M}", return_type=str)]


class NoticePreferences(Input):
    """``choices`` maps a kind to its channels: ``app``, ``mail``, ``robot:3``; a kind left out has app and mail."""

    choices: dict[str, list[str]] = Field(default_factory=dict)
    pace: Pace = Pace.DAILY
    hour: int = Field(9, ge=0, le=23, strict=True)
    working_days_only: StrictBool = True
    quiet_from: ClockTime | None = None
    quiet_until: ClockTime | None = None
    zone: Line = ""


class NoticePreferencesOut(Schema):
    choices: dict[str, list[str]]
    pace: Pace
    hour: int
    working_days_only: bool
    quiet_from: WrittenTime | None
    quiet_until: WrittenTime | None
    zone: str


class RobotOut(Schema):
    """``hint`` is all that is ever shown of the address."""

    id: int
    name: str
    channel: Channel
    hint: str
    kinds: list[str]
    for_members: bool
    language: str
    pace: Pace
    hour: int
    working_days_only: bool
    stopped_at: datetime | None


class RobotFields(Input):
    name: Line
    kinds: list[str] = Field(default_factory=list)
    for_members: StrictBool = False
    language: Line = "zh-hans"
    pace: Pace = Pace.AT_ONCE
    hour: int = Field(9, ge=0, le=23, strict=True)
    working_days_only: StrictBool = False


class RobotInput(RobotFields):
    channel: Channel
    address: str = Field(max_length=500)
    secret: Line = ""


class RobotChange(RobotFields):
    """An empty address or secret stays as it is."""

    address: str = Field("", max_length=500)
    secret: Line = ""


class DeliveryOut(Schema):
    id: int
    channel: Channel
    to: str
    state: DeliveryState
    count: int
    attempts: int
    error: str
    not_before: datetime
    created_at: datetime
    ended_at: datetime | None

    @staticmethod
    def resolve_to(delivery: Delivery) -> str:
        return str(delivery)


class DeliveryWindow(Window):
    state: DeliveryState | None = None


@router.get("/notices", auth=token("view"), response=Page[NoticeOut], tags=["notices"], summary="My notifications")
def notices(request: ApiRequest, window: Query[NoticeWindow]) -> dict[str, Any]:
    """The notifications of the member the token acts for, newest first."""
    return page(reading.notices(request.member, unread=window.unread), window, by="-pk")


@router.patch("/notices/{id}", auth=token("view"), response=NoticeOut, tags=["notices"], summary="Mark read or unread")
def change_notice(request: ApiRequest, id: RowId, change: NoticeChange) -> Notice:
    notice = reading.notice_or_404(request.member, id)
    if change.read:
        reading.mark_read(member=request.member, notice=notice)
    else:
        reading.mark_unread(member=request.member, notice=notice)
    return reading.notice_or_404(request.member, id)


@router.get(
    "/notice-preferences", auth=token("view"), response=NoticePreferencesOut, tags=["notices"], summary="How I hear"
)
def read_preferences(request: ApiRequest) -> NoticeSettings:
    return preferences.of(request.member)


@router.put(
    "/notice-preferences", auth=token("view"), response=NoticePreferencesOut, tags=["notices"], summary="Choose it"
)
def change_preferences(request: ApiRequest, wish: NoticePreferences) -> NoticeSettings:
    """Which kind comes by which channel, and when."""
    times = {name: value and time.fromisoformat(value) for name, value in _quiet(wish).items()}
    return preferences.choose(member=request.member, **{**wish.model_dump(), **times})


def _quiet(wish: NoticePreferences) -> dict[str, str | None]:
    return {"quiet_from": wish.quiet_from, "quiet_until": wish.quiet_until}


@router.get("/robots", auth=token("administer"), response=Page[RobotOut], tags=["notices"], summary="Group robots")
def list_robots(request: ApiRequest, window: Query[Window]) -> dict[str, Any]:
    return page(robots.robots(request.member), window)


@router.post(
    "/robots", auth=token("administer"), response={201: RobotOut}, tags=["notices"], summary="Add a group robot"
)
def add_robot(request: ApiRequest, wish: RobotInput) -> Status[Robot]:
    return Status(201, robots.add_robot(workspace=request.workspace, by=request.member, **wish.model_dump()))


@router.put("/robots/{id}", auth=token("administer"), response=RobotOut, tags=["notices"], summary="Change a robot")
def change_robot(request: ApiRequest, id: RowId, wish: RobotChange) -> Robot:
    """A robot that was stopped after failures starts again."""
    return robots.change_robot(robot=robots.robot_or_404(request.member, id), by=request.member, **wish.model_dump())


@router.delete("/robots/{id}", auth=token("administer"), response={204: None}, tags=["notices"], summary="Remove it")
def remove_robot(request: ApiRequest, id: RowId) -> Status[None]:
    """Its address and secret are forgotten."""
    robots.remove_robot(robot=robots.robot_or_404(request.member, id), by=request.member)
    return Status(204, None)


@router.get(
    "/deliveries", auth=token("administer"), response=Page[DeliveryOut], tags=["notices"], summary="What was sent"
)
def deliveries(request: ApiRequest, window: Query[DeliveryWindow]) -> dict[str, Any]:
    """Mails and messages of robots, newest first."""
    found: QuerySet[Delivery] = robots.deliveries(request.member, window.state or "")
    return page(found, window, by="-pk")


@router.post(
    "/deliveries/{id}/retry", auth=token("administer"), response=DeliveryOut, tags=["notices"], summary="Send again"
)
def retry(request: ApiRequest, id: RowId) -> Delivery:
    """Send what failed, or perhaps was not sent, once more; anything else stays as it is."""
    delivery = robots.deliveries(request.member).filter(pk=id).first()
    if delivery is None:
        raise Http404
    robots.retry(delivery=delivery, by=request.member)
    delivery.refresh_from_db()
    return delivery
