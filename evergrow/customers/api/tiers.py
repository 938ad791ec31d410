"""Tiers: the scheme, where accounts stand, exceptions, and what they used of their entitlements."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import Http404
from ninja import Query, Router, Schema, Status
from pydantic import Field

from evergrow.customers import access
from evergrow.customers.models import Account, AccountTier, EntitlementUse, TierChange, TierRequest
from evergrow.customers.tiers import distribution, exceptions, ledger
from evergrow.customers.tiers import scheme as schemes
from evergrow.workspaces.api import ApiRequest, Day, Input, Line, Money, Number, Page, RowId, Text, Window, page, token

router = Router(tags=["tiers"])
Quantity = Annotated[Decimal, Field(gt=0, le=10_000, max_digits=7, decimal_places=2)]


class TierOut(Schema):
    """A tier, the first one asked first. ``criteria`` is null where only people put accounts in."""

    key: str
    name: dict[str, str]
    priority: int
    criteria: dict[str, Any] | None
    is_rest: bool
    is_key_customer: bool
    load_points: float
    review_months: int


class EntitlementOut(Schema):
    """What tiers are due; ``grants`` by tier."""

    key: str
    name: dict[str, str]
    kind: Literal["quantity", "response", "csm", "cadence", "flag"]
    period: str
    grants: dict[str, float]


class WaitOut(Schema):
    days: int
    at_review: bool


class SchemeOut(Schema):
    """The scheme that counts; version 0 is the one every workspace begins with."""

    version: int
    needs_approval: bool
    tiers: list[TierOut]
    up: WaitOut
    down: WaitOut
    review_months: list[int]
    review_day: int
    entitlements: list[EntitlementOut]


class TierStandingOut(Schema):
    """Where an account stands. ``pending`` takes effect on ``pending_on`` if the rule goes on saying so."""

    tier: str
    basis: str
    since: date | None
    ruled: str
    pending: str
    pending_since: date | None
    pending_on: date | None
    held_by: list[str]
    until: date | None
    review_on: date | None


class TierChangeOut(Schema):
    """A move with the conditions behind it."""

    id: int
    on: date
    from_tier: str
    to_tier: str
    basis: str
    scheme: int | None
    by: int | None = Field(alias="by_id")
    mrr: Money
    evidence: list[dict[str, Any]]

    @staticmethod
    def resolve_scheme(change: TierChange) -> int | None:
        return change.scheme.number if change.scheme else None


class TierRequestOut(Schema):
    """An exception that was asked for."""

    id: int
    account: int = Field(alias="account.number")
    tier: str
    reason: str
    until: date
    state: str
    asked_by: int | None = Field(alias="asked_by_id")
    asked_at: datetime
    decided_by: int | None = Field(alias="decided_by_id")
    answer: str


class RequestIn(Input):
    tier: Line
    reason: Text = Field(min_length=1)
    until: Day = Field(description="The last day of the exception.")


class TierAnswerIn(Input):
    answer: Text = Field(min_length=1)


class BalanceOut(Schema):
    """An entitlement that is counted, in the running calendar period."""

    entitlement: str
    first: date
    last: date
    granted: Money
    used: Money
    left: Money


class UseIn(Input):
    quantity: Quantity = Decimal(1)
    on: Day | None = Field(None, description="The day of the use; left out, today.")
    note: Line = ""
    over_reason: Line = Field("", description="Why more is given than is left of the period.")


class UseOut(Schema):
    """A line of the ledger. Lines are never changed; a mistake is put right by a counter-entry."""

    id: int
    account: int = Field(alias="account.number")
    entitlement: str
    on: date
    quantity: Money
    note: str
    over_reason: str
    reverses: int | None = Field(alias="reverses_id")
    by: int | None = Field(alias="by_id")


class TierNoteIn(Input):
    note: Line = ""


@router.get("/tiers", auth=token("view"), response=SchemeOut, summary="The tier scheme")
def scheme(request: ApiRequest) -> dict[str, Any]:
    """Tiers from the top down with their rules, the waits, and the entitlements."""
    found = schemes.of(request.workspace)
    return {
        "version": found.version.number if found.version else 0,
        "needs_approval": found.needs_approval,
        "tiers": [
            {
                "key": tier.key,
                "name": tier.names,
                "priority": tier.priority,
                "criteria": tier.criteria,
                "is_rest": tier.is_rest,
                "is_key_customer": tier.is_key,
                "load_points": tier.load,
                "review_months": tier.review_months,
            }
            for tier in found.tiers
        ],
        "up": {"days": found.up.days, "at_review": found.up.at_review},
        "down": {"days": found.down.days, "at_review": found.down.at_review},
        "review_months": list(found.reviews.months),
        "review_day": found.reviews.day,
        "entitlements": [
            {"key": one.key, "name": one.names, "kind": one.kind, "period": one.period, "grants": one.grants}
            for one in found.entitlements
        ],
    }


@router.get(
    "/accounts/{number}/tier-standing", auth=token("view"), response=TierStandingOut, summary="Where an account stands"
)
def standing(request: ApiRequest, number: Number) -> dict[str, Any]:
    """The tier that counts, why, and what waits."""
    account = _account(request, number)
    found = AccountTier.objects.filter(account=account).first() or AccountTier(account=account, tier=account.tier)
    names = ("basis", "since", "ruled", "pending", "pending_since", "pending_on", "held_by", "until", "review_on")
    return {"tier": account.tier, **{name: getattr(found, name) for name in names}}


@router.get(
    "/accounts/{number}/tier-changes", auth=token("view"), response=Page[TierChangeOut], summary="Moves between tiers"
)
def changes(request: ApiRequest, number: Number, window: Query[Window]) -> dict[str, Any]:
    """The moves of an account, the latest first, with their evidence."""
    return page(distribution.history(_account(request, number)), window, by="-pk")


@router.get("/tier-requests", auth=token("view"), response=Page[TierRequestOut], summary="Exceptions that wait")
def requests(request: ApiRequest, window: Query[Window]) -> dict[str, Any]:
    """Requests that wait for a manager who did not ask."""
    return page(distribution.requests(request.member), window)


@router.post(
    "/accounts/{number}/tier-requests",
    auth=token("work"),
    response={201: TierRequestOut},
    summary="Ask for an exception",
)
def ask(request: ApiRequest, number: Number, wish: RequestIn) -> Status[TierRequest]:
    """Ask that an account stand in another tier until a day; another manager approves it."""
    made = exceptions.ask(account=_account(request, number), by=request.member, **wish.model_dump())
    return Status(201, made)


@router.post(
    "/tier-requests/{id}/approval", auth=token("manage"), response=TierRequestOut, summary="Approve an exception"
)
def approve(request: ApiRequest, id: RowId) -> TierRequest:
    """Let it begin today. Nobody approves what they asked for themselves."""
    return exceptions.approve(request=_request(request, id), by=request.member)


@router.post(
    "/tier-requests/{id}/refusal", auth=token("manage"), response=TierRequestOut, summary="Refuse an exception"
)
def refuse(request: ApiRequest, id: RowId, said: TierAnswerIn) -> TierRequest:
    """Say no, and why."""
    return exceptions.refuse(request=_request(request, id), answer=said.answer, by=request.member)


@router.get(
    "/accounts/{number}/entitlements",
    auth=token("view"),
    response=list[BalanceOut],
    summary="What is left of entitlements",
)
def balances(request: ApiRequest, number: Number) -> list[dict[str, Any]]:
    """Each counted entitlement of the account's tier in the running period."""
    return [
        {
            "entitlement": balance.entitlement.key,
            "first": balance.first,
            "last": balance.last,
            "granted": balance.granted,
            "used": balance.used,
            "left": balance.left,
        }
        for balance in ledger.balances(_account(request, number))
    ]


@router.get(
    "/accounts/{number}/entitlement-uses", auth=token("view"), response=Page[UseOut], summary="Uses of entitlements"
)
def uses(request: ApiRequest, number: Number, window: Query[Window]) -> dict[str, Any]:
    """The ledger of an account, the latest line first."""
    lines = EntitlementUse.objects.filter(account=_account(request, number)).select_related("account")
    return page(lines, window, by="-pk")


@router.post(
    "/accounts/{number}/entitlements/{key}/uses",
    auth=token("work"),
    response={201: UseOut},
    summary="Use an entitlement",
)
def consume(request: ApiRequest, number: Number, key: str, use: UseIn) -> Status[EntitlementUse]:
    """Write down a use. More than is left of the period needs ``over_reason``."""
    account = _account(request, number)
    line = ledger.consume(account=account, entitlement=key, by=request.member, **use.model_dump())
    return Status(201, line)


@router.post("/entitlement-uses/{id}/reversal", auth=token("work"), response={201: UseOut}, summary="Take a use back")
def reverse(request: ApiRequest, id: RowId, said: TierNoteIn) -> Status[EntitlementUse]:
    """A counter-entry on the same day."""
    line = EntitlementUse.objects.filter(pk=id, account__workspace=request.workspace).select_related("account").first()
    if line is None:
        raise Http404
    line.account = _account(request, line.account.number)
    return Status(201, ledger.reverse(use=line, note=said.note, by=request.member))


def _account(request: ApiRequest, number: int) -> Account:
    account = access.account_or_404(request.member, number)
    account.workspace = request.workspace
    return account


def _request(request: ApiRequest, pk: int) -> TierRequest:
    found = TierRequest.objects.filter(pk=pk, account__workspace=request.workspace).select_related("account").first()
    if found is None:
        raise Http404
    found.account = _account(request, found.account.number)
    return found
