"""Training rows: every customer on the first day of every month, with what became of it afterwards."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from evergrow import warehouse
from evergrow.health.risk import features, outcomes, usage
from evergrow.health.risk.catalogue import FEATURES, KEYS
from evergrow.health.risk.fitting import Rows
from evergrow.health.risk.records import Records
from evergrow.workspaces.models import Workspace

MONTHS = 36
FIRST_USE = 28
LOGS = np.array([FEATURES[key].is_log for key in KEYS])


@dataclass(frozen=True, slots=True)
class Table:
    """Rows for training: ``values`` rows × ``catalogue.KEYS``, ``day`` the ordinal of each row's month, ``score`` the
    health score of then, also where it was computed later. ``censored``: customers of months whose horizon is not over,
    ``unclear``: those whose end is not dated; neither is among the rows. ``months`` are those that are settled."""

    values: np.ndarray
    outcome: np.ndarray
    account: np.ndarray
    day: np.ndarray
    score: np.ndarray
    months: list[date]
    censored: int
    unclear: int

    def __len__(self) -> int:
        return len(self.outcome)

    def rows(self, columns: np.ndarray | None = None) -> Rows:
        """For fitting; of some features only."""
        kept = slice(None) if columns is None else columns
        return Rows(self.values[:, kept], self.outcome, self.account, LOGS[kept])


def collect(
    workspace: Workspace,
    known: Records,
    target: str,
    horizon: int,
    on_progress: Callable[[int, int], None] | None = None,
) -> Table:
    """The rows of up to 36 months. Raises warehouse.StoreUnavailable."""
    today = workspace.today()
    parts: list[tuple[np.ndarray, ...]] = []
    censored = unclear = 0
    settled: list[date] = []
    wanted = months(first_day(workspace, known), today)
    for done, day in enumerate(wanted, start=1):
        if outcomes.settled(target, day, horizon) > today:
            censored += len(outcomes.customers(known, day))
            continue
        found = outcomes.read(target, known, day, horizon)
        unclear += found.unclear
        settled.append(day)
        parts.append(_part(workspace, known, day, found))
        if on_progress:
            on_progress(done, len(wanted))
    empty = (np.empty((0, len(KEYS))), *(np.empty(0) for _ in range(4)))
    values, outcome, account, of_day, score = map(np.concatenate, zip(*(parts or [empty]), strict=True))
    return Table(values, outcome, account, of_day, score, settled, censored, unclear)


def _part(workspace: Workspace, known: Records, day: date, found: outcomes.Outcomes) -> tuple[np.ndarray, ...]:
    seen = features.observe(workspace, known, day)
    score = usage.scores(workspace, known.accounts, day, day - timedelta(days=1), known_later=True)
    place = np.searchsorted(known.accounts, found.accounts)
    size = len(found.accounts)
    return (
        seen.values[place],
        found.happened,
        found.accounts.astype(float),
        np.full(size, float(day.toordinal())),
        score[place],
    )


def months(first: date | None, today: date) -> list[date]:
    """The first days of months from ``first`` to today, the latest 36 of them, rising."""
    found: list[date] = []
    day = today.replace(day=1)
    while first is not None and day >= first and len(found) < MONTHS:
        found.append(day)
        day = (day - timedelta(days=1)).replace(day=1)
    return found[::-1]


def first_day(workspace: Workspace, known: Records) -> date | None:
    """The day from which there are customers, and four weeks of events where there are events at all; None without."""
    started = known.subscriptions["started"]
    if not len(started):
        return None
    began = date.fromordinal(int(started.min())) + timedelta(days=1)
    used = warehouse.scalar(
        "select min(day) from account_day where workspace_id = {w:UInt32} having count() > 0", w=workspace.pk
    )
    return began if used is None else max(began, used + timedelta(days=FIRST_USE))
