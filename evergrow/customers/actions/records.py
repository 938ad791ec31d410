"""Subscriptions, invoices and tickets written by another system, known there by an id."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from evergrow.customers import access
from evergrow.customers.actions.commerce import refresh_commerce
from evergrow.customers.models import Account, Invoice, Subscription, Ticket
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member, Workspace

Record = TypeVar("Record", Subscription, Invoice, Ticket)

_listeners: list[Callable[[Workspace], None]] = []


def on_subscription(listener: Callable[[Workspace], None]) -> None:
    """Name a function to be called in the transaction in which another system wrote a subscription."""
    _listeners.append(listener)


class OutOfOrder(ValidationError):
    """A last day lies before a first one."""


class HiddenElsewhere(ValidationError):
    """The id belongs to a record of an account that the caller may not see."""


@transaction.atomic
def put_record(
    *, model: type[Record], account: Account, external_id: str, by: Member | None, **facts: Any
) -> tuple[Record, bool]:
    """Make the record with this id, or bring it up to date; the record, and whether it is new.

    The account's status, plan, MRR and renewal follow from its subscriptions. The same facts again change nothing.
    Raises HiddenElsewhere, OutOfOrder, or ValidationError per field.
    """
    require(by, "manage")
    known = {"workspace": account.workspace, "external_id": external_id}
    record = model.objects.select_for_update().filter(**known).first() or model(**known)
    before = record.account_id
    if before and by is not None and not access.accounts(by).filter(pk=before).exists():
        raise HiddenElsewhere({"external_id": _("This id belongs to a record that you may not see. Use another id.")})
    wanted = {"account": account, **facts}
    changed = [name for name, value in wanted.items() if not record.pk or getattr(record, name) != value]
    if not changed:
        return record, False
    for name, value in wanted.items():
        setattr(record, name, value)
    _check(record)
    is_new = record.pk is None
    record.save()
    record.refresh_from_db()
    if isinstance(record, Subscription):
        refresh_commerce(account.workspace, _both(before, account.pk))
        for listener in _listeners:
            listener(account.workspace)
    verb = f"{model._meta.model_name}.{'added' if is_new else 'changed'}"
    audit.record(account.workspace, verb, record, by=by, data={"fields": changed, "account": account.number})
    return record, is_new


def _check(record: Subscription | Invoice | Ticket) -> None:
    record.clean_fields(exclude=["workspace", "account", "person", "import_id"])
    for first, last in (
        ("started_on", "cancelled_on"),
        ("issued_on", "due_on"),
        ("issued_on", "paid_on"),
        ("opened_at", "closed_at"),
    ):
        start, end = getattr(record, first, None), getattr(record, last, None)
        if start and end and end < start:
            raise OutOfOrder({last: _("It lies before the beginning. Change one of the two.")})


def _both(before: int | None, now: int) -> Iterable[int]:
    return {now} if before is None else {before, now}
