"""Subscriptions, invoices and tickets: read, and written by the id they have in your systems."""

from datetime import date, datetime
from typing import Annotated, Any, TypeVar

from django.db.models import QuerySet
from django.http import Http404
from ninja import Query, Router, Schema, Status
from pydantic import Field, StringConstraints

from evergrow.customers import access
from evergrow.customers.actions.records import put_record
from evergrow.customers.models import (
    Invoice,
    InvoiceStatus,
    Subscription,
    SubscriptionStatus,
    Ticket,
    TicketPriority,
)
from evergrow.workspaces.api import (
    Amount,
    ApiRequest,
    Count,
    Day,
    Input,
    Line,
    Moment,
    Money,
    Number,
    Page,
    RowId,
    Window,
    page,
    token,
)
from evergrow.workspaces.api.types import NO_NUL

router = Router()
Record = TypeVar("Record", Subscription, Invoice, Ticket)


class CommerceRecordOut(Schema):
    id: int
    external_id: str
    account: int = Field(alias="account.number")


CurrencyCode = Annotated[
    str, Field(pattern=r"^([A-Z]{3})?$", description="ISO 4217 code of the amount; empty for the workspace's own.")
]


class CommerceRecordIn(Input):
    account: Number = Field(description="The account's number.")


class SubscriptionOut(CommerceRecordOut):
    plan: str
    status: SubscriptionStatus
    mrr: Money
    currency: str = Field(description="Empty for the workspace's own.")
    seats: int | None
    trial_started_on: date | None
    started_on: date | None
    renews_on: date | None
    cancelled_on: date | None
    auto_renews: bool


class SubscriptionIn(CommerceRecordIn):
    """The whole subscription: what is left out is emptied."""

    plan: Line = Field(min_length=1, max_length=80)
    status: SubscriptionStatus
    mrr: Amount
    currency: CurrencyCode = ""
    seats: Count | None = None
    trial_started_on: Day | None = None
    started_on: Day | None = None
    renews_on: Day | None = None
    cancelled_on: Day | None = None
    auto_renews: bool = False


class InvoiceOut(CommerceRecordOut):
    issued_on: date
    due_on: date | None
    paid_on: date | None
    amount: Money
    currency: str = Field(description="Empty for the workspace's own.")
    status: InvoiceStatus


class InvoiceIn(CommerceRecordIn):
    """The whole invoice: what is left out is emptied."""

    issued_on: Day
    due_on: Day | None = None
    paid_on: Day | None = None
    amount: Amount
    currency: CurrencyCode = ""
    status: InvoiceStatus


class TicketOut(CommerceRecordOut):
    person: int | None = Field(None, alias="person.number")
    subject: str
    priority: TicketPriority
    opened_at: datetime
    closed_at: datetime | None
    resolution_hours: float | None
    csat: float | None


class TicketIn(CommerceRecordIn):
    """The whole ticket: what is left out is emptied. ``csat`` runs from 1 to 5."""

    person: Number | None = None
    subject: Line = Field("", max_length=200)
    priority: TicketPriority
    opened_at: Moment
    closed_at: Moment | None = None
    resolution_hours: float | None = Field(None, ge=0, le=1_000_000)
    csat: float | None = Field(None, ge=1, le=5)


class RecordWindow(Window):
    account: Number | None = Field(None, description="Only those of this account.")


ExternalId = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=NO_NUL)]
"""The id in the caller's systems."""


@router.get(
    "/subscriptions",
    auth=token("view"),
    response=Page[SubscriptionOut],
    summary="Subscriptions",
    tags=["subscriptions"],
)
def subscriptions(request: ApiRequest, window: Query[RecordWindow]) -> dict[str, Any]:
    return page(_rows(request, Subscription, window), window)


@router.get(
    "/subscriptions/{id}",
    auth=token("view"),
    response=SubscriptionOut,
    summary="A subscription",
    tags=["subscriptions"],
)
def subscription(request: ApiRequest, id: RowId) -> Subscription:
    return _one(request, Subscription, id)


@router.put(
    "/subscriptions/by-id/{path:external_id}",
    auth=token("manage"),
    response={200: SubscriptionOut, 201: SubscriptionOut},
    summary="Write a subscription",
    tags=["subscriptions"],
)
def put_subscription(request: ApiRequest, external_id: ExternalId, facts: SubscriptionIn) -> Status[Subscription]:
    """Make or change it. The account's status, plan, MRR and renewal follow."""
    return _put(request, Subscription, external_id, facts)


@router.get("/invoices", auth=token("view"), response=Page[InvoiceOut], summary="Invoices", tags=["invoices"])
def invoices(request: ApiRequest, window: Query[RecordWindow]) -> dict[str, Any]:
    return page(_rows(request, Invoice, window), window)


@router.get("/invoices/{id}", auth=token("view"), response=InvoiceOut, summary="An invoice", tags=["invoices"])
def invoice(request: ApiRequest, id: RowId) -> Invoice:
    return _one(request, Invoice, id)


@router.put(
    "/invoices/by-id/{path:external_id}",
    auth=token("manage"),
    response={200: InvoiceOut, 201: InvoiceOut},
    summary="Write an invoice",
    tags=["invoices"],
)
def put_invoice(request: ApiRequest, external_id: ExternalId, facts: InvoiceIn) -> Status[Invoice]:
    """Make or change it."""
    return _put(request, Invoice, external_id, facts)


@router.get("/tickets", auth=token("view"), response=Page[TicketOut], summary="Tickets", tags=["tickets"])
def tickets(request: ApiRequest, window: Query[RecordWindow]) -> dict[str, Any]:
    return page(_rows(request, Ticket, window).select_related("person"), window)


@router.get("/tickets/{id}", auth=token("view"), response=TicketOut, summary="A ticket", tags=["tickets"])
def ticket(request: ApiRequest, id: RowId) -> Ticket:
    return _one(request, Ticket, id)


@router.put(
    "/tickets/by-id/{path:external_id}",
    auth=token("manage"),
    response={200: TicketOut, 201: TicketOut},
    summary="Write a ticket",
    tags=["tickets"],
)
def put_ticket(request: ApiRequest, external_id: ExternalId, facts: TicketIn) -> Status[Ticket]:
    """Make or change it."""
    person = None
    if facts.person is not None:
        person = access.person_or_404(request.member, facts.person)
    return _put(request, Ticket, external_id, facts, person=person)


def _seen(request: ApiRequest, model: type[Record]) -> QuerySet[Record]:
    seen = access.visible(request.member, "account__")
    return model.objects.filter(seen, workspace=request.workspace).select_related("account")


def _rows(request: ApiRequest, model: type[Record], window: RecordWindow) -> QuerySet[Record]:
    rows = _seen(request, model)
    if window.account is None:
        return rows
    return rows.filter(account=access.account_or_404(request.member, window.account))


def _one(request: ApiRequest, model: type[Record], pk: int) -> Record:
    row = _seen(request, model).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def _put(
    request: ApiRequest, model: type[Record], external_id: str, facts: CommerceRecordIn, **more: Any
) -> Status[Record]:
    account = access.account_or_404(request.member, facts.account)
    words = {**facts.model_dump(exclude={"account"}), **more}
    record, is_new = put_record(model=model, account=account, external_id=external_id, by=request.member, **words)
    return Status(201 if is_new else 200, record)
