"""Signals: what needs a decision."""

from datetime import date, datetime
from typing import Any

from ninja import Query, Router, Schema
from pydantic import Field

from evergrow.customers.access import account_or_404
from evergrow.success import access
from evergrow.success.actions import signals as actions
from evergrow.success.api.tasks import Until, Why
from evergrow.success.models import Signal, SignalKind, SignalState
from evergrow.success.models.signals import OPEN_SIGNALS
from evergrow.workspaces.api import ApiRequest, Input, Line, Number, Page, RowId, Window, page, token
from evergrow.workspaces.queries import member_or_404

router = Router(tags=["signals"])


class SignalOut(Schema):
    """Something about a customer or a source of events that needs a decision; ``severity``: 3 high, 2 medium, 1 low."""

    id: int
    account: int | None = Field(None, alias="account.number", description="Null where it is about a source.")
    source: int | None = Field(None, alias="source_id", description="The id of the write key it is about.")
    source_name: str | None = Field(None, alias="source.name")
    kind: SignalKind
    severity: int
    state: SignalState
    reason: Any = Field(description="The sentence in both languages.")
    evidence: list[Any]
    occurrences: int
    first_seen_at: datetime
    last_seen_at: datetime
    owner: int | None = Field(alias="owner_id")
    due_on: date | None
    snoozed_until: date | None
    ended_at: datetime | None
    end_reason: str


class Owner(Input):
    member: RowId | None = Field(None, description="A member's id; left out, whoever made the token.")


class Resolved(Input):
    reason: Line = ""


class SignalWindow(Window):
    account: Number | None = None
    kind: SignalKind | None = None
    state: SignalState | None = Field(None, description="Left out: all that are open.")


@router.get("/signals", auth=token("view"), response=Page[SignalOut], summary="Signals")
def signals(request: ApiRequest, window: Query[SignalWindow]) -> dict[str, Any]:
    """Signals of the accounts that the token may see, the newest first."""
    rows = access.signals(request.member).select_related("account", "source")
    rows = rows.filter(state__in=OPEN_SIGNALS if window.state is None else [window.state])
    if window.account is not None:
        rows = rows.filter(account=account_or_404(request.member, window.account))
    if window.kind is not None:
        rows = rows.filter(kind=window.kind)
    return page(rows, window, by="-pk")


@router.get("/signals/{id}", auth=token("view"), response=SignalOut, summary="A signal")
def signal(request: ApiRequest, id: RowId) -> Signal:
    return access.signal_or_404(request.member, id)


@router.put("/signals/{id}/owner", auth=token("work"), response=SignalOut, summary="Take a signal")
def take_signal(request: ApiRequest, id: RowId, owner: Owner) -> Signal:
    """Acknowledge it, for oneself or for a colleague."""
    to = None if owner.member is None else member_or_404(request.member, owner.member)
    return actions.take_signal(signal=access.signal_or_404(request.member, id), by=request.member, to=to)


@router.put("/signals/{id}/snooze", auth=token("work"), response=SignalOut, summary="Put a signal off")
def snooze_signal(request: ApiRequest, id: RowId, wish: Until) -> Signal:
    """Not now: it comes back to triage on that day."""
    return actions.snooze_signal(signal=access.signal_or_404(request.member, id), by=request.member, until=wish.until)


@router.put("/signals/{id}/resolution", auth=token("work"), response=SignalOut, summary="Resolve a signal")
def resolve_signal(request: ApiRequest, id: RowId, why: Resolved) -> Signal:
    return actions.resolve_signal(signal=access.signal_or_404(request.member, id), by=request.member, reason=why.reason)


@router.put("/signals/{id}/refutation", auth=token("work"), response=SignalOut, summary="Call a signal false")
def mark_false_positive(request: ApiRequest, id: RowId, why: Why) -> Signal:
    """The signal was wrong; its rule stays quiet for this account for a while."""
    return actions.mark_false_positive(
        signal=access.signal_or_404(request.member, id), by=request.member, reason=why.reason
    )
