"""Limits of signals, and the ladder on which those climb that nobody works on."""

from typing import Any, Literal

from ninja import Router, Schema
from pydantic import Field, StrictBool

from evergrow.success.models import SignalSettings
from evergrow.success.signals import capacity, settings
from evergrow.workspaces.api import ApiRequest, Count, Input, Line, RowId, token
from evergrow.workspaces.models import Workspace

router = Router(tags=["signals"])


class Rung(Input):
    """From ``severity`` on (3 high, 2 medium, 1 low), of ``tiers`` (none: all), ``after`` so many working days."""

    severity: int = Field(3, ge=1, le=3)
    tiers: list[Line] = []
    after: int = Field(ge=0, le=365)
    to: Literal["manager", "member"] = "manager"
    member: RowId | None = Field(None, description="Where ``to`` is ``member``: their id.")


class SignalLimits(Schema):
    """What holds for all signals; ``open`` are open now. Days of archiving: 0 leaves it off."""

    open: int
    is_near: StrictBool = Field(description="Whether ``warn_percent`` of ``most_open`` is reached.")
    most_open: int
    warn_percent: int
    most_a_day: int = Field(description="New signals of a rule a day.")
    per_member_a_day: int = Field(description="New signals of a rule a day, for each colleague who may work.")
    archive_closed_days: int
    archive_untouched_days: int
    ladder: list[Rung]


class SignalLimitsChange(Input):
    """What is left out stays; a ladder takes the place of the one there is."""

    most_open: Count | None = None
    warn_percent: Count | None = None
    most_a_day: Count | None = None
    per_member_a_day: Count | None = None
    archive_closed_days: Count | None = None
    archive_untouched_days: Count | None = None
    ladder: list[Rung] | None = None


@router.get("/signal-limits", auth=token("view"), response=SignalLimits, summary="Limits and ladder of signals")
def signal_limits(request: ApiRequest) -> dict[str, Any]:
    return _told(request.workspace, capacity.settings_of(request.workspace))


@router.patch("/signal-limits", auth=token("manage"), response=SignalLimits, summary="Change limits and ladder")
def change_signal_limits(request: ApiRequest, wish: SignalLimitsChange) -> dict[str, Any]:
    """They hold from the next evaluation on."""
    given = {name: value for name, value in wish.model_dump().items() if value is not None}
    return _told(request.workspace, settings.set_limits(workspace=request.workspace, by=request.member, **given))


def _told(workspace: Workspace, limits: SignalSettings) -> dict[str, Any]:
    load = capacity.load(workspace)
    numbers = {name: getattr(limits, name) for name in settings.BOUNDS}
    return {**numbers, "ladder": limits.ladder, "open": load.open, "is_near": load.is_near}
