"""What the relational store knows about accounts: one read per table, then arrays for any day.

Facts hold as of a moment: the end of the day, or now while the day runs.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np

from evergrow.customers.models import (
    Account,
    Affiliation,
    Invoice,
    InvoiceStatus,
    Note,
    Ticket,
    TicketPriority,
    Visit,
)
from evergrow.health.observation import Observations
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace

NEVER = np.inf
DAYS_PER_MONTH = 30.4375
RENEWAL_DAYS = 90
CONTACT_DAYS = 30
TICKET_DAYS = 180
PAYMENT_DAYS = 30
URGENT = {TicketPriority.HIGH, TicketPriority.URGENT}


@dataclass(slots=True)
class Facts:
    """Columns of each table; days are ordinals, moments are seconds since 1970, inf where something never happened."""

    workspace: Workspace
    accounts: dict[str, np.ndarray]
    tickets: dict[str, np.ndarray]
    invoices: dict[str, np.ndarray]
    people: dict[str, np.ndarray]
    contacts: dict[str, np.ndarray]

    def on(self, day: date, asked: tuple[str, ...] = ()) -> Observations:
        """The observations of a day for the accounts that existed then; usage, and what is ``asked``, still empty."""
        moment = as_of(self.workspace, day)
        exists = self.accounts["since"] <= day.toordinal()
        numbers = self.accounts["number"][exists]
        mine = {name: values[exists] for name, values in self.accounts.items()}
        seen = Observations(day, numbers, self._known_people(numbers, mine["seats"], day), asked)
        self._put_tickets(seen, moment.timestamp())
        self._put_invoices(seen, day.toordinal())
        self._put_contract(seen, mine, day.toordinal())
        return seen

    def _known_people(self, numbers: np.ndarray, seats: np.ndarray, day: date) -> np.ndarray:
        at, ordinal = _rows(numbers, self.people["account"]), day.toordinal()
        is_here = (at >= 0) & (self.people["since"] <= ordinal) & (self.people["until"] > ordinal)
        counted = np.bincount(at[is_here], minlength=len(numbers)).astype(float)
        return np.where(np.isnan(seats), np.where(counted > 0, counted, np.nan), seats)

    def _put_tickets(self, seen: Observations, now: float) -> None:
        at, size = _rows(seen.accounts, self.tickets["account"]), len(seen.accounts)
        opened, closed, since = self.tickets["opened"], self.tickets["closed"], now - TICKET_DAYS * 86400
        known = (at >= 0) & (opened <= now)
        urgent = known & self.tickets["is_urgent"] & (closed > now)
        open_now = np.bincount(at[urgent], minlength=size).astype(float)
        seen.put("open_urgent_tickets", open_now if len(at) else np.full(size, np.nan), missing="no_tickets")
        is_open = (closed > now) & ~np.isinf(closed)
        rated = known & (opened > since) & ~is_open & ~np.isnan(self.tickets["csat"])
        ages = (now - _latest(at[rated], opened[rated], size)) // 86400
        seen.put("csat_180", _mean(at[rated], self.tickets["csat"][rated], size), missing="no_rating", ages=ages)
        solved = known & (closed <= now) & (closed > since) & ~np.isnan(self.tickets["hours"])
        hours = _mean(at[solved], self.tickets["hours"][solved], size)
        ages = (now - _latest(at[solved], closed[solved], size)) // 86400
        seen.put("resolution_hours_180", hours, missing="none_solved", ages=ages)

    def _put_invoices(self, seen: Observations, day: int) -> None:
        at, size = _rows(seen.accounts, self.invoices["account"]), len(seen.accounts)
        known = (at >= 0) & (self.invoices["issued"] <= day)
        unpaid = known & (self.invoices["paid"] > day) & (self.invoices["due"] < day)
        overdue = np.zeros(size)
        np.maximum.at(overdue, at[unpaid], day - self.invoices["due"][unpaid])
        overdue[np.bincount(at[known], minlength=size) == 0] = np.nan
        seen.put("days_overdue", overdue, missing="no_invoices")

    def _put_contract(self, seen: Observations, mine: dict[str, np.ndarray], day: int) -> None:
        months = (day - mine["customer_since"]) / DAYS_PER_MONTH
        seen.put("tenure_months", np.where(months >= 0, months, np.nan), missing="not_customer")
        at = _rows(seen.accounts, self.contacts["account"])
        recent = (at >= 0) & (self.contacts["day"] <= day) & (self.contacts["day"] > day - CONTACT_DAYS)
        is_quiet = np.bincount(at[recent], minlength=len(seen.accounts)) == 0
        left = mine["renews"] - day
        flag = np.where((left <= RENEWAL_DAYS) & is_quiet, 1.0, 0.0)
        seen.put("renewal_without_contact", np.where(left >= 0, flag, np.nan), missing="no_renewal")


def as_of(workspace: Workspace, day: date) -> datetime:
    """The end of a day in the workspace's zone, or now while the day runs."""
    end = datetime.combine(day + timedelta(days=1), time(), workspace.tz)
    return min(end.astimezone(UTC), clock.now())


def read(workspace: Workspace) -> Facts:
    """Everything about the workspace's accounts that measures need, one read per table."""
    return Facts(
        workspace,
        accounts=_accounts(workspace),
        tickets=_tickets(workspace),
        invoices=_invoices(workspace),
        people=_people(workspace),
        contacts=_contacts(workspace),
    )


def _accounts(workspace: Workspace) -> dict[str, np.ndarray]:
    rows = Account.objects.filter(workspace=workspace).order_by("number")
    number, signed_up, created, seats, since, renews, mrr, parent = _columns(
        rows.values_list(
            "number", "signed_up_on", "created_at", "seats", "customer_since", "renews_on", "mrr", "parent__number"
        ),
        8,
    )
    first = [day or moment.astimezone(workspace.tz).date() for day, moment in zip(signed_up, created, strict=True)]
    return {
        "number": np.array(number, dtype=np.int64),
        "since": _days(first),
        "seats": _floats(seats),
        "customer_since": _days(since, np.nan),
        "renews": _days(renews, np.nan),
        "mrr": _floats(mrr),
        "parent": np.array([above or 0 for above in parent], dtype=np.int64),
    }


def _tickets(workspace: Workspace) -> dict[str, np.ndarray]:
    """A ticket without a closing time but with hours to solve was closed that long after it was opened."""
    rows = Ticket.objects.filter(workspace=workspace)
    account, priority, opened, closed, hours, csat = _columns(
        rows.values_list("account__number", "priority", "opened_at", "closed_at", "resolution_hours", "csat"), 6
    )
    opened_at, closed_at, taken = _seconds(opened), _seconds(closed), _floats(hours)
    return {
        "account": np.array(account, dtype=np.int64),
        "is_urgent": np.array([level in URGENT for level in priority], dtype=bool),
        "opened": opened_at,
        "closed": np.where(np.isinf(closed_at) & ~np.isnan(taken), opened_at + taken * 3600, closed_at),
        "hours": taken,
        "csat": _floats(csat),
    }


def _invoices(workspace: Workspace) -> dict[str, np.ndarray]:
    """An invoice without a due date falls due 30 days after its issue; one paid on an unknown day, on its issue."""
    rows = Invoice.objects.filter(workspace=workspace).exclude(status=InvoiceStatus.VOID)
    account, issued, due, paid, status = _columns(
        rows.values_list("account__number", "issued_on", "due_on", "paid_on", "status"), 5
    )
    issued_on, paid_on, due_on = _days(issued), _days(paid, NEVER), _days(due, np.nan)
    is_paid = np.array([state == InvoiceStatus.PAID for state in status], dtype=bool)
    return {
        "account": np.array(account, dtype=np.int64),
        "issued": issued_on,
        "due": np.where(np.isnan(due_on), issued_on + PAYMENT_DAYS, due_on),
        "paid": np.where(is_paid & np.isinf(paid_on), issued_on, paid_on),
    }


def _people(workspace: Workspace) -> dict[str, np.ndarray]:
    rows = Affiliation.objects.filter(account__workspace=workspace, person__merged_into=None)
    account, person, since, until = _columns(
        rows.values_list("account__number", "person__number", "started_on", "ended_on"), 4
    )
    return {
        "account": np.array(account, dtype=np.int64),
        "person": np.array(person, dtype=np.int64),
        "since": _days(since, -NEVER),
        "until": _days(until, NEVER),
    }


def _contacts(workspace: Workspace) -> dict[str, np.ndarray]:
    """The days on which a colleague noted a visit or a note."""
    visits = Visit.objects.filter(account__workspace=workspace).values_list("account__number", "happened_on")
    notes = Note.objects.filter(account__workspace=workspace).values_list("account__number", "created_at")
    met = [*visits, *((number, moment.astimezone(workspace.tz).date()) for number, moment in notes)]
    account, days = _columns(met, 2)
    return {"account": np.array(account, dtype=np.int64), "day": _days(days)}


def _columns(rows: Iterable[tuple[Any, ...]], width: int) -> list[tuple[Any, ...]]:
    return list(zip(*rows, strict=True)) or [()] * width


def _days(values: Iterable[date | None], unknown: float = np.nan) -> np.ndarray:
    return np.array([unknown if day is None else day.toordinal() for day in values], dtype=float)


def _seconds(values: Iterable[datetime | None]) -> np.ndarray:
    return np.array([NEVER if moment is None else moment.timestamp() for moment in values], dtype=float)


def _floats(values: Iterable[Any]) -> np.ndarray:
    return np.array([np.nan if value is None else value for value in values], dtype=float)


def _rows(accounts: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """The row of each account number, −1 where it is not among the accounts."""
    if not len(accounts):
        return np.full(len(numbers), -1)
    found = np.searchsorted(accounts, numbers).clip(0, len(accounts) - 1)
    return np.where(accounts[found] == numbers, found, -1)


def _mean(at: np.ndarray, values: np.ndarray, size: int) -> np.ndarray:
    count = np.bincount(at, minlength=size)
    total = np.bincount(at, weights=values, minlength=size)
    mean = np.full(size, np.nan)
    np.divide(total, count, out=mean, where=count > 0)
    return mean


def _latest(at: np.ndarray, moments: np.ndarray, size: int) -> np.ndarray:
    latest = np.full(size, np.nan)
    np.fmax.at(latest, at, moments)
    return latest
