"""The public pool: what can be claimed, claiming, releasing, its rules and moves."""

from datetime import date, datetime
from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema, Status
from pydantic import Field, StrictBool

from evergrow.customers import access
from evergrow.customers.models import Account, PoolMove, PoolMoveKind, PoolRules, TeamRole
from evergrow.customers.pool import acts, errors, rules, standing
from evergrow.customers.pool.views import filtered
from evergrow.workspaces.api import ApiRequest, Input, Line, Money, Number, Page, Window, page, refusal, token

router = Router(tags=["public pool"])
refusal(errors.AlreadyClaimed, 409)
refusal(errors.CapReached, 409)
refusal(errors.NotYours, 409)


class PoolAccountOut(Schema):
    """An account without an owner; ``came_on`` is empty for one that never had one."""

    number: int
    name: str
    industry: str
    status: str
    mrr: Money
    came_on: date | None
    came_why: str | None


class PoolWindow(Window):
    q: Line = ""
    industry: Line = ""
    status: Line = ""
    came: Line = Field("", description="reclaimed, released or never")


class PoolMoveOut(Schema):
    account: int = Field(alias="account.number")
    member: int | None = Field(alias="member_id")
    kind: PoolMoveKind
    on: date
    at: datetime
    reason: str
    protected_until: date | None


class PoolRulesOut(Schema):
    role: TeamRole
    daily_cap: int
    holding_cap: int
    protected_days: int
    takes_back: bool
    quiet_days: int
    result_days: int
    remind_days: int


class PoolRulesChange(Input):
    """What to change; what is left out stays."""

    role: TeamRole | None = None
    daily_cap: int | None = Field(None, ge=0, le=1000, strict=True)
    holding_cap: int | None = Field(None, ge=0, le=100_000, strict=True)
    protected_days: int | None = Field(None, ge=0, le=3650, strict=True)
    takes_back: StrictBool | None = None
    quiet_days: int | None = Field(None, ge=0, le=3650, strict=True)
    result_days: int | None = Field(None, ge=0, le=3650, strict=True)
    remind_days: int | None = Field(None, ge=0, le=3650, strict=True)


class PoolRelease(Input):
    reason: Line


@router.get("/pool", auth=token("view"), response=Page[PoolAccountOut], summary="Accounts of the public pool")
def pool(request: ApiRequest, window: Query[PoolWindow]) -> dict[str, Any]:
    """Accounts without an active owner."""
    found = standing.in_pool(request.workspace, rules.of(request.workspace))
    wishes = {name: getattr(window, name) for name in ("q", "industry", "status", "came")}
    return page(filtered(found, wishes), window, by="number")


@router.post("/pool/{number}/claim", auth=token("work"), response={201: PoolMoveOut}, summary="Claim an account")
def claim(request: ApiRequest, number: Number) -> Status[PoolMove]:
    """The member of the token becomes its owner; 409 says who was quicker, or that a cap is reached."""
    account = get_object_or_404(Account, workspace=request.workspace, number=number)
    account.workspace = request.workspace
    return Status(201, acts.claim(account=account, by=request.member))


@router.post("/accounts/{number}/release", auth=token("work"), response=PoolMoveOut, summary="Release an account")
def release(request: ApiRequest, number: Number, wish: PoolRelease) -> PoolMove:
    """Give it into the pool: its owner may, and those who manage."""
    account = access.account_or_404(request.member, number)
    account.workspace = request.workspace
    return acts.release(account=account, by=request.member, reason=wish.reason)


@router.get("/pool/moves", auth=token("view"), response=Page[PoolMoveOut], summary="Moves of the public pool")
def moves(request: ApiRequest, window: Query[Window]) -> dict[str, Any]:
    """Claims, releases and what was taken back, newest first."""
    found = PoolMove.objects.filter(workspace=request.workspace).select_related("account")
    return page(found, window, by="-pk")


@router.get("/pool/rules", auth=token("view"), response=PoolRulesOut, summary="Rules of the public pool")
def read_rules(request: ApiRequest) -> PoolRules:
    return rules.of(request.workspace)


@router.patch("/pool/rules", auth=token("manage"), response=PoolRulesOut, summary="Change the rules of the pool")
def change_rules(request: ApiRequest, change: PoolRulesChange) -> PoolRules:
    wishes = {name: value for name, value in change.model_dump(exclude_unset=True).items() if value is not None}
    return rules.change(workspace=request.workspace, by=request.member, **wishes)
