"""Signals: what needs a decision."""

from datetime import date, datetime
from typing import Any, Literal

from django.http import Http404
from ninja import Query, Router, Schema
from pydantic import Field

from evergrow.customers.access import account_or_404
from evergrow.success import access
from evergrow.success.actions import signals as actions
from evergrow.success.api.tasks import Why
from evergrow.success.models import Signal, SignalBatch, SignalKind, SignalState
from evergrow.success.models.signals import OPEN_SIGNALS
from evergrow.success.signals import inbox, many, suggesting, taking_back
from evergrow.workspaces.api import ApiRequest, Day, Input, Line, Number, Page, RowId, Window, page, token
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
    person: int | None = Field(None, alias="person.number")
    subscription: int | None = Field(None, alias="subscription_id")
    product: str | None = Field(None, alias="product.code")
    risk: int | None = Field(None, alias="risk.number")
    rule: str | None = Field(None, alias="rule.key", description="The rule's key, where it was made or tuned here.")
    edition: int
    escalation: int = Field(description="How many rungs of the ladder it has climbed.")
    escalated_to: int | None = Field(alias="escalated_to_id")
    reopened: int
    archived_at: datetime | None
    snoozed_until: date | None
    snoozed_for: Any = Field(None, description="The criteria on which it comes back.")
    ended_at: datetime | None
    end_reason: str


class Owner(Input):
    member: RowId | None = Field(None, description="A member's id; left out, whoever made the token.")


class Snooze(Input):
    until: Day | None = None
    condition: dict[str, Any] | None = Field(None, description="Criteria of accounts.")


class Together(Input):
    """One act on many signals: the ``ids``, or all that the ``filter`` (the query of the inbox's address) shows."""

    act: Literal["take", "assign", "snooze", "resolve", "wrong", "archive", "playbook"]
    ids: list[RowId] = Field(default_factory=list, max_length=500)
    filter: dict[str, str] | None = None
    reason: Line = ""
    until: Day | None = None
    condition: dict[str, Any] | None = None
    member: RowId | None = None
    playbook: Line = ""


class BatchOut(Schema):
    """What was done together; it can be taken back for a day."""

    id: int
    act: str
    count: int
    undone_at: datetime | None


class Resolved(Input):
    reason: Line = ""


class SignalWindow(Window):
    account: Number | None = None
    kind: SignalKind | None = None
    state: SignalState | None = Field(None, description="Left out: all that are open.")


@router.get("/signals", auth=token("view"), response=Page[SignalOut], summary="Signals")
def signals(request: ApiRequest, window: Query[SignalWindow]) -> dict[str, Any]:
    """Signals of the accounts that the token may see, the newest first."""
    rows = access.signals(request.member).select_related("account", "source", "person", "product", "risk", "rule")
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
def snooze_signal(request: ApiRequest, id: RowId, wish: Snooze) -> Signal:
    """Not now: it comes back on that day, or once its account meets the condition, whichever is first."""
    signal = access.signal_or_404(request.member, id)
    return actions.snooze_signal(signal=signal, by=request.member, until=wish.until, condition=wish.condition)


@router.put("/signals/{id}/resolution", auth=token("work"), response=SignalOut, summary="Resolve a signal")
def resolve_signal(request: ApiRequest, id: RowId, why: Resolved) -> Signal:
    return actions.resolve_signal(signal=access.signal_or_404(request.member, id), by=request.member, reason=why.reason)


@router.put("/signals/{id}/refutation", auth=token("work"), response=SignalOut, summary="Call a signal false")
def mark_false_positive(request: ApiRequest, id: RowId, why: Why) -> Signal:
    """The signal was wrong; its rule stays quiet for this account for a while."""
    return actions.mark_false_positive(
        signal=access.signal_or_404(request.member, id), by=request.member, reason=why.reason
    )


@router.post("/signal-batches", auth=token("work"), response=BatchOut, summary="Move many signals")
def move_signals(request: ApiRequest, wish: Together) -> SignalBatch:
    """Take, assign, put off, resolve, call false, archive, or start a playbook for many at once."""
    rows = access.signals(request.member).filter(pk__in=wish.ids)
    if wish.filter is not None:
        rows = inbox.rows(request.member, inbox.read(wish.filter))
    asked = many.Wish(
        act=wish.act,
        reason=wish.reason,
        until=wish.until,
        condition=wish.condition,
        to=None if wish.member is None else member_or_404(request.member, wish.member),
        playbook=suggesting.startable(request.workspace).get(wish.playbook) if wish.act == "playbook" else None,
    )
    return many.apply(rows=rows, wish=asked, by=request.member)


@router.delete("/signal-batches/{id}", auth=token("work"), response=BatchOut, summary="Take a move of many back")
def undo_signals(request: ApiRequest, id: RowId) -> SignalBatch:
    """What somebody moved since stays where it is."""
    batch = SignalBatch.objects.filter(workspace=request.workspace, pk=id).first()
    if batch is None:
        raise Http404
    taking_back.take_back(batch=batch, by=request.member)
    batch.refresh_from_db()
    return batch
