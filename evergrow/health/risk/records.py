"""What the relational store knows of accounts, each fact with the day it was known: one read a table.

Days are ordinals, moments too, with the part of the day gone; inf where something never happened, NaN where it is not
known when. A fact counts for a day when its own day is before it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from evergrow.customers.models import (
    Account,
    Affiliation,
    Invoice,
    InvoiceStatus,
    Note,
    Subscription,
    SubscriptionStatus,
    Ticket,
    TicketPriority,
    TierChange,
    Visit,
)
from evergrow.customers.tiers import scheme
from evergrow.workspaces.models import Workspace

NEVER = np.inf
PAYMENT_DAYS = 30
URGENT = {TicketPriority.HIGH, TicketPriority.URGENT}
Table = dict[str, np.ndarray]


@dataclass(frozen=True, slots=True)
class Records:
    """Columns of each table; ``account`` is the dense number. ``accounts`` rises."""

    accounts: np.ndarray
    subscriptions: Table
    invoices: Table
    tickets: Table
    contacts: Table
    people: Table
    tiers: Table


def read(workspace: Workspace) -> Records:
    """All facts of a workspace's accounts; those in the trash and merged ones are left out."""
    numbers = Account.objects.filter(workspace=workspace).order_by("number").values_list("number", flat=True)
    here = {"account__workspace": workspace, "account__in": Account.objects.filter(workspace=workspace).values("pk")}
    return Records(
        accounts=np.array(list(numbers), dtype=np.int64),
        subscriptions=_subscriptions(here),
        invoices=_invoices(here),
        tickets=_tickets(here, workspace.tz),
        contacts=_contacts(here, workspace.tz),
        people=_people(here),
        tiers=_tiers(here, workspace),
    )


def _subscriptions(here: dict[str, Any]) -> Table:
    """Those that were paid for, from their first day; one cancelled on an unknown day has an ``ended`` of NaN."""
    rows = Subscription.objects.filter(**here).exclude(started_on=None)
    account, trial, started, ended, status = _columns(
        rows.values_list("account__number", "trial_started_on", "started_on", "cancelled_on", "status"), 5
    )
    is_over = np.array([value == SubscriptionStatus.CANCELLED for value in status], dtype=bool)
    ended_on = _days(ended, NEVER)
    return {
        "account": np.array(account, dtype=np.int64),
        "trial": _days(trial, np.nan),
        "started": _days(started),
        "ended": np.where(is_over & np.isinf(ended_on), np.nan, ended_on),
    }


def _invoices(here: dict[str, Any]) -> Table:
    """Void ones left out. Of one paid on an unknown day nothing is said about its payment (``paid`` NaN)."""
    rows = Invoice.objects.filter(**here).exclude(status=InvoiceStatus.VOID)
    account, issued, due, paid, amount, status = _columns(
        rows.values_list("account__number", "issued_on", "due_on", "paid_on", "amount", "status"), 6
    )
    issued_on, due_on, paid_on = _days(issued), _days(due, np.nan), _days(paid, NEVER)
    is_paid = np.array([value == InvoiceStatus.PAID for value in status], dtype=bool)
    return {
        "account": np.array(account, dtype=np.int64),
        "issued": issued_on,
        "due": np.where(np.isnan(due_on), issued_on + PAYMENT_DAYS, due_on),
        "paid": np.where(is_paid & np.isinf(paid_on), np.nan, paid_on),
        "amount": np.array([float(value) for value in amount], dtype=float),
    }


def _tickets(here: dict[str, Any], zone: ZoneInfo) -> Table:
    """A ticket without a closing time but with hours to solve was solved that long after it was opened."""
    rows = Ticket.objects.filter(**here)
    account, priority, opened, closed, hours, csat = _columns(
        rows.values_list("account__number", "priority", "opened_at", "closed_at", "resolution_hours", "csat"), 6
    )
    opened_at, closed_at, taken = _moments(opened, zone), _moments(closed, zone), _floats(hours)
    return {
        "account": np.array(account, dtype=np.int64),
        "is_urgent": np.array([level in URGENT for level in priority], dtype=bool),
        "opened": opened_at,
        "closed": np.where(np.isinf(closed_at) & ~np.isnan(taken), opened_at + taken / 24, closed_at),
        "hours": np.where(np.isnan(taken), (closed_at - opened_at) * 24, taken),
        "csat": _floats(csat),
    }


def _contacts(here: dict[str, Any], zone: ZoneInfo) -> Table:
    visits = Visit.objects.filter(**here).values_list("account__number", "happened_on", "created_at")
    notes = Note.objects.filter(**here).values_list("account__number", "created_at")
    met = [(number, float(max(on, at.astimezone(zone).date()).toordinal())) for number, on, at in visits]
    met += [(number, float(at.astimezone(zone).date().toordinal())) for number, at in notes]
    account, day = _columns(met, 2)
    return {"account": np.array(account, dtype=np.int64), "day": np.array(day, dtype=float)}


def _people(here: dict[str, Any]) -> Table:
    rows = Affiliation.objects.filter(**here, person__merged_into=None).exclude(started_on=None)
    account, since, until = _columns(rows.values_list("account__number", "started_on", "ended_on"), 3)
    return {"account": np.array(account, dtype=np.int64), "since": _days(since), "until": _days(until, NEVER)}


def _tiers(here: dict[str, Any], workspace: Workspace) -> Table:
    """Changes of tier with the level they led to: 1 the highest."""
    levels = {tier.key: place for place, tier in enumerate(scheme.of(workspace).tiers, start=1)}
    rows = TierChange.objects.filter(**here).order_by("on", "pk").values_list("account__number", "on", "to_tier")
    account, day, tier = _columns(rows, 3)
    return {
        "account": np.array(account, dtype=np.int64),
        "day": _days(day),
        "level": np.array([levels.get(key, np.nan) for key in tier], dtype=float),
    }


def _columns(rows: Iterable[tuple[Any, ...]], width: int) -> list[tuple[Any, ...]]:
    return list(zip(*rows, strict=True)) or [()] * width


def _days(values: Iterable[date | None], unknown: float = np.nan) -> np.ndarray:
    return np.array([unknown if day is None else day.toordinal() for day in values], dtype=float)


def _moments(values: Iterable[datetime | None], zone: ZoneInfo) -> np.ndarray:
    return np.array([NEVER if moment is None else _moment(moment.astimezone(zone)) for moment in values], dtype=float)


def _moment(local: datetime) -> float:
    return local.toordinal() + (local.hour * 3600 + local.minute * 60 + local.second) / 86400


def _floats(values: Iterable[float | None]) -> np.ndarray:
    return np.array([np.nan if value is None else value for value in values], dtype=float)
