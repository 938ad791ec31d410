"""Whether the data suffice for a model, and if not, which numbers are missing."""

from dataclasses import asdict, dataclass
from datetime import date, timedelta

import numpy as np

from evergrow.health.risk import outcomes, validation
from evergrow.health.risk.rows import Table

LEAST_CUSTOMERS = 100
LEAST_EVENTS = 60
LEAST_KNOWN = 0.5


@dataclass(frozen=True, slots=True)
class Missing:
    """``have`` of the ``need``ed number ``what``: customers, months, events, others, fold_events or test_events."""

    what: str
    have: int
    need: int

    def as_dict(self) -> dict[str, str | int]:
        return asdict(self)


def wait(target: str, horizon: int) -> timedelta:
    """From a month until its outcome is known."""
    return timedelta(days=horizon + (outcomes.GRACE if target == outcomes.CHURN else 0))


def missing(table: Table, target: str, horizon: int) -> list[Missing]:
    """What the data lack; nothing where they suffice. Events are counted by accounts, not by rows."""
    happened = table.outcome == 1
    found = [
        Missing("customers", _accounts(table), LEAST_CUSTOMERS),
        Missing("months", len(table.months), validation.least_months(wait(target, horizon))),
        Missing("events", _accounts(table, happened), LEAST_EVENTS),
        Missing("others", _accounts(table, ~happened), LEAST_EVENTS),
    ]
    short = [each for each in found if each.have < each.need]
    return short or _in_parts(table, target, horizon, happened)


def _in_parts(table: Table, target: str, horizon: int, happened: np.ndarray) -> list[Missing]:
    wanted = validation.plan(table.months, wait(target, horizon))
    if wanted is None:
        return []
    early = _accounts(table, happened & _in(table, wanted.folds[-1][0]))
    late = _accounts(table, happened & _in(table, wanted.test))
    found = [
        Missing("fold_events", early, validation.LEAST_EVENTS),
        Missing("test_events", late, validation.LEAST_EVENTS),
    ]
    return [each for each in found if each.have < each.need]


def known_columns(table: Table) -> np.ndarray:
    """The places of the features that are known for at least half of the rows and differ among them."""
    known = ~np.isnan(table.values)
    low = np.where(known, table.values, np.inf).min(axis=0)
    high = np.where(known, table.values, -np.inf).max(axis=0)
    found: np.ndarray = np.flatnonzero((known.mean(axis=0) >= LEAST_KNOWN) & (high > low))
    return found


def _accounts(table: Table, rows: np.ndarray | None = None) -> int:
    return len(np.unique(table.account if rows is None else table.account[rows]))


def _in(table: Table, months: list[date]) -> np.ndarray:
    return np.isin(table.day, [float(month.toordinal()) for month in months])
