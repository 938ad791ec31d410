"""Whether a source sends far less or far more than it ever did at these hours, or fails more than it used to."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt
from statistics import median, pvariance

from evergrow import warehouse
from evergrow.intake.pipeline import queries
from evergrow.lib import clock, workdays
from evergrow.workspaces.models import Workspace

HOURS = 3
WEEKS = 4
LEAST_WEEKS, LEAST_DAYS = 3, 5
FACTOR = 3
LEAST_USUAL = 100
DEVIATIONS = 3.0
ERROR_DEVIATIONS = 4.0
BASE = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Swing:
    """Accepted events of the last full hours against ``usual``, the median of ``low`` to ``high`` before."""

    now: int
    usual: float
    low: int
    high: int
    compared: int

    @property
    def fell(self) -> bool:
        return self.now < self.low


@dataclass(frozen=True, slots=True)
class Errors:
    """Messages not taken in the last hour, their share of all, and the share of the seven days before."""

    count: int
    share: float
    before: float


Counts = dict[datetime, tuple[int, int]]  # hour: accepted, not taken


def hours(workspace: Workspace) -> dict[int, Counts]:
    """Per source: what was accepted and what was not taken, by the hour, over four weeks and a bit."""
    now = clock.now()
    rows = warehouse.rows(
        warehouse.statement("intake", "pipeline_hours"),
        workspace_id=workspace.pk,
        since=now - timedelta(weeks=WEEKS, days=1),
        zone=workspace.zone,
        key=0,
    )
    found: dict[int, Counts] = {}
    for key, begins, taken, _again, bad in rows:
        found.setdefault(key, {})[begins] = (taken, bad)
    return found


def swings(workspace: Workspace, hours: dict[int, Counts]) -> dict[int, Swing]:
    """The sources whose volume is out of the ordinary. One that sends nothing at all is quiet instead."""
    found = {key: _swing(workspace, counts) for key, counts in hours.items()}
    return {key: swing for key, swing in found.items() if swing is not None}


def _swing(workspace: Workspace, counts: Counts) -> Swing | None:
    end = clock.now().astimezone(workspace.tz).replace(minute=0, second=0, microsecond=0)
    first, now = min(counts), _sum(counts, end)
    known = [back for back in range(1, 7 * WEEKS + 1) if _back(end, back) - timedelta(hours=HOURS) >= first]
    weeks = [_sum(counts, _back(end, back)) for back in known if back % 7 == 0]
    before = weeks if len(weeks) >= LEAST_WEEKS else _same_kind(workspace, counts, end, known)
    if len(before) < LEAST_WEEKS or not now:
        return None
    usual, low, high = median(before), min(before), max(before)
    is_out = now * FACTOR < low or now > FACTOR * high
    noise = sqrt(usual + pvariance(before))
    if not is_out or usual < LEAST_USUAL or abs(now - usual) < DEVIATIONS * noise:
        return None
    return Swing(now, usual, low, high, len(before))


def _same_kind(workspace: Workspace, counts: Counts, end: datetime, known: list[int]) -> list[int]:
    is_working = workdays.is_workday(end.date(), workspace.workdays)
    days = [back for back in known if back <= 14]
    alike = [back for back in days if workdays.is_workday(_back(end, back).date(), workspace.workdays) == is_working]
    return [_sum(counts, _back(end, back)) for back in alike] if len(alike) >= LEAST_DAYS else []


def _back(end: datetime, days: int) -> datetime:
    """The same time of day in the workspace's zone, days before."""
    return datetime.combine(end.date() - timedelta(days=days), end.time(), end.tzinfo)


def _sum(counts: Counts, end: datetime) -> int:
    return sum(counts.get(end - timedelta(hours=step), (0, 0))[0] for step in range(1, HOURS + 1))


def errors(workspace: Workspace, hours: dict[int, Counts]) -> dict[int, Errors]:
    """The sources whose share of messages that were not taken rose beyond chance."""
    since = clock.now() - BASE
    found = {}
    for key, flow in queries.flows(workspace, queries.HOUR).items():
        if not flow.is_failing:
            continue
        counts = [row for begins, row in hours.get(key, {}).items() if begins >= since]
        # The hour in question is part of the seven days: it is taken out.
        bad = max(0, sum(row[1] for row in counts) - flow.bad)
        good = max(0, sum(row[0] for row in counts) - flow.accepted)
        before = bad / (bad + good) if bad + good else 0.0
        size = flow.bad + flow.stored
        noise = sqrt(max(before * (1 - before), 1 / size) / size)
        if flow.bad_share > FACTOR * before and flow.bad_share - before > ERROR_DEVIATIONS * noise:
            found[key] = Errors(flow.bad, flow.bad_share, before)
    return found
