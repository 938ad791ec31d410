"""Who was a customer on a day, and what became of them within the days after.

*Customer*: has a paid subscription that began before the day and has not ended. *Churn*: the last one ends and none
begins within seven days. *Expansion*: a further subscription begins while the others run on, or the latest invoice
within the horizon is at least 5 % above the latest before the day. An outcome is known once the horizon (and for churn
those seven days) is over; until then the row is censored and left out, the yes with the no.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from evergrow.health.risk.grouping import ByAccount
from evergrow.health.risk.records import Records

GRACE = 7
RISE = 1.05
CHURN, EXPANSION = "churn", "expansion"


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The customers of a day, rising, and whether the outcome came; ``unclear`` were left out, for their end is not
    dated."""

    accounts: np.ndarray
    happened: np.ndarray
    unclear: int


def settled(target: str, day: date, horizon: int) -> date:
    """The first day on which what happened in the horizon after ``day`` is known."""
    return day + timedelta(days=horizon + (GRACE if target == CHURN else 0))


def read(target: str, known: Records, day: date, horizon: int) -> Outcomes:
    """What became of the customers of a day within ``horizon`` days, the day being the first of them."""
    today = float(day.toordinal())
    by = ByAccount(known.accounts, known.subscriptions["account"])
    is_customer, is_unclear = _customers(known, by, today)
    happened = _churned(known, by, today, horizon) if target == CHURN else _expanded(known, by, today, horizon)
    kept = is_customer & ~is_unclear
    return Outcomes(known.accounts[kept], happened[kept].astype(float), int((is_customer & is_unclear).sum()))


def customers(known: Records, day: date) -> np.ndarray:
    """The numbers of the accounts that are customers on a day."""
    by = ByAccount(known.accounts, known.subscriptions["account"])
    is_customer, is_unclear = _customers(known, by, float(day.toordinal()))
    found: np.ndarray = known.accounts[is_customer & ~is_unclear]
    return found


def _customers(known: Records, by: ByAccount, today: float) -> tuple[np.ndarray, np.ndarray]:
    table = known.subscriptions
    began = table["started"] < today
    running, undated = began & (table["ended"] >= today), began & np.isnan(table["ended"])
    has_running, has_undated = by.count(running) > 0, by.count(undated) > 0
    return has_running | has_undated, has_undated & ~has_running


def _churned(known: Records, by: ByAccount, today: float, horizon: int) -> np.ndarray:
    """The paid time that covers the day, pauses of up to seven days counted in, ends within the horizon."""
    table = known.subscriptions
    ends = np.full(by.size, np.nan)
    ends_now = by.most((table["started"] < today) & (table["ended"] >= today), table["ended"])
    while not np.array_equal(ends, ends_now, equal_nan=True):
        ends = ends_now
        reach = np.where(by.is_here, ends[by.at], np.nan) + GRACE
        ends_now = np.fmax(ends, by.most((table["started"] <= reach) & (table["ended"] >= today), table["ended"]))
    found: np.ndarray = ends < today + horizon
    return found


def _expanded(known: Records, by: ByAccount, today: float, horizon: int) -> np.ndarray:
    table = known.subscriptions
    end = today + horizon
    began = (table["started"] >= today) & (table["started"] < end)
    stopped = (table["started"] < today) & (table["ended"] >= today) & (table["ended"] < end)
    is_more = (by.count(began) > 0) & (by.count(stopped) == 0)
    bills = known.invoices
    billed = ByAccount(known.accounts, bills["account"])
    before = billed.last((bills["issued"] < today) & (bills["issued"] >= today - 400), bills["issued"], bills["amount"])
    after = billed.last((bills["issued"] >= today) & (bills["issued"] < end), bills["issued"], bills["amount"])
    found: np.ndarray = is_more | ((before > 0) & (after >= RISE * before))
    return found
