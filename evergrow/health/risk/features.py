"""Features of all accounts as of a day, from what was known before that day began."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np

from evergrow.health.risk import usage
from evergrow.health.risk.catalogue import KEYS
from evergrow.health.risk.grouping import ByAccount
from evergrow.health.risk.records import Records
from evergrow.workspaces.models import Workspace

YEAR = 365
QUARTER = 90
HALF = 180
Columns = dict[str, np.ndarray]


@dataclass(frozen=True, slots=True)
class Features:
    """``values``: accounts × ``catalogue.KEYS``, NaN where a feature is not known for an account."""

    day: date
    accounts: np.ndarray
    values: np.ndarray

    def column(self, key: str) -> np.ndarray:
        found: np.ndarray = self.values[:, KEYS.index(key)]
        return found

    def of(self, numbers: np.ndarray) -> np.ndarray:
        """The rows of these account numbers, which are all among the accounts."""
        found: np.ndarray = self.values[np.searchsorted(self.accounts, numbers)]
        return found


def observe(workspace: Workspace, known: Records, day: date) -> Features:
    """The features of a day. Raises warehouse.StoreUnavailable."""
    found = recorded(known, day) | usage.observe(workspace, known.accounts, day)
    values = np.column_stack([found[key] for key in KEYS]) if len(known.accounts) else np.empty((0, len(KEYS)))
    return Features(day, known.accounts, values)


def recorded(known: Records, day: date) -> Columns:
    """The features that come from the relational store; rows that begin on the day or later are never looked at."""
    today = float(day.toordinal())
    parts: tuple[Callable[[Records, float], Columns], ...] = (
        _subscriptions,
        _invoices,
        _tickets,
        _contacts,
        _people,
        _tiers,
    )
    found: Columns = {}
    for part in parts:
        found |= part(known, today)
    return found


def _subscriptions(known: Records, today: float) -> Columns:
    table = known.subscriptions
    by = ByAccount(known.accounts, table["account"])
    started = table["started"] < today
    running = started & ~(table["ended"] < today)
    first, latest = by.least(started, table["started"]), by.most(started, table["started"])
    trial = started & ~np.isnan(table["trial"]) & (table["trial"] <= table["started"])
    return {
        "tenure_days": today - first,
        "term_days": today - latest,
        "days_to_anniversary": (-(today - latest)) % YEAR,
        "subscriptions": by.count(running),
        "cancelled_before": by.count(started & (table["ended"] < today)),
        "trial_days": by.last(trial, -table["started"], table["started"] - table["trial"]),
    }


def _invoices(known: Records, today: float) -> Columns:
    table = known.invoices
    by = ByAccount(known.accounts, table["account"])
    issued = table["issued"] < today
    recent = by.total(issued & (table["issued"] >= today - QUARTER), table["amount"])
    before = by.total(
        issued & (table["issued"] < today - QUARTER) & (table["issued"] >= today - 2 * QUARTER), table["amount"]
    )
    is_told = issued & ~np.isnan(table["paid"])
    unpaid = is_told & (table["due"] < today) & ~(table["paid"] < today)
    overdue = np.nan_to_num(by.most(unpaid, today - table["due"]))
    late = is_told & (table["paid"] < today) & (table["paid"] > table["due"]) & (table["paid"] >= today - YEAR)
    has_told = by.count(is_told) > 0
    return {
        "invoice_amount": by.last(issued, table["issued"], table["amount"]),
        "invoiced_change": np.where(before > 0, _log_ratio(recent, before), np.nan),
        "days_overdue": np.where(has_told, overdue, np.nan),
        "late_payments": np.where(has_told, by.count(late), np.nan),
    }


def _tickets(known: Records, today: float) -> Columns:
    table = known.tickets
    by = ByAccount(known.accounts, table["account"])
    opened, solved = table["opened"] < today, table["closed"] < today
    recent = opened & solved & (table["closed"] >= today - HALF)
    has_closing = ~np.isinf(table["closed"])
    found = {
        "tickets_90": by.count(opened & (table["opened"] >= today - QUARTER)),
        "tickets_urgent_180": by.count(opened & table["is_urgent"] & (table["opened"] >= today - HALF)),
        "tickets_open": by.count(opened & ~solved & (table["opened"] >= today - HALF)),
    }
    if not (opened & by.is_here).any():
        found = {key: np.full(by.size, np.nan) for key in found}
    rated = recent & has_closing & ~np.isnan(table["csat"])
    timed = recent & has_closing & ~np.isnan(table["hours"])
    return found | {
        "csat_180": by.mean(rated, table["csat"]),
        "resolution_hours_180": by.mean(timed, table["hours"]),
    }


def _contacts(known: Records, today: float) -> Columns:
    table = known.contacts
    by = ByAccount(known.accounts, table["account"])
    met = table["day"] < today
    recent = by.count(met & (table["day"] >= today - QUARTER))
    return {
        "days_since_contact": today - by.most(met, table["day"]),
        "contacts_90": recent if (met & by.is_here).any() else np.full(by.size, np.nan),
    }


def _people(known: Records, today: float) -> Columns:
    table = known.people
    by = ByAccount(known.accounts, table["account"])
    joined, left = table["since"] < today, table["until"] < today
    ever = by.count(joined) > 0
    return {
        "people_known": np.where(ever, by.count(joined & ~left), np.nan),
        "people_left_90": np.where(ever, by.count(joined & left & (table["until"] >= today - QUARTER)), np.nan),
    }


def _tiers(known: Records, today: float) -> Columns:
    """The level that the last change before the day led to; not known where nobody wrote down a change yet."""
    table = known.tiers
    by = ByAccount(known.accounts, table["account"])
    order = table["day"] + np.arange(len(table["day"])) / (len(table["day"]) + 1)
    return {"tier_level": by.last(table["day"] < today, order, table["level"])}


def _log_ratio(now: np.ndarray, before: np.ndarray) -> np.ndarray:
    """ln((now + 1) / (before + 1)): 0 for no change, −0.69 for about half."""
    found: np.ndarray = np.log1p(now) - np.log1p(before)
    return found
