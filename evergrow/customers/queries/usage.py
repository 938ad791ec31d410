"""How the product is used at an account, read from the warehouse's ``account_day``."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from evergrow import warehouse
from evergrow.customers.models import Account, AccountStatus
from evergrow.workspaces.models import Workspace

Grain = Literal["day", "week"]
PERIODS: dict[Grain, int] = {"day": 56, "week": 26}
WINDOW = 28
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Period:
    """A day or a week; ``is_running`` when today lies in it."""

    first: date
    last: date
    events: int
    people: int
    is_running: bool


@dataclass(frozen=True, slots=True)
class Usage:
    """Events per period, oldest first; the median customer of the same tier has ``median`` events per week."""

    grain: Grain
    periods: list[Period]
    median: float | None
    peers: int

    @property
    def full(self) -> list[Period]:
        return [period for period in self.periods if not period.is_running]

    @property
    def latest(self) -> Period | None:
        """The last full period."""
        return self.full[-1] if self.full else None

    @property
    def before(self) -> Period | None:
        """The period four weeks before the last full one."""
        back = 4 if self.grain == "week" else 28
        return self.full[-1 - back] if len(self.full) > back else None

    @property
    def total(self) -> int:
        return sum(period.events for period in self.periods)

    @property
    def has_people(self) -> bool:
        return any(period.people for period in self.periods)

    @property
    def reference(self) -> float | None:
        """The tier's median per period."""
        return None if self.median is None else self.median / (7 if self.grain == "day" else 1)


def peers(account: Account) -> list[int]:
    """The numbers of all customers of the account's tier."""
    same = Account.objects.filter(workspace=account.workspace, status=AccountStatus.ACTIVE, tier=account.tier)
    return list(same.values_list("number", flat=True))


def usage(account: Account, grain: Grain) -> Usage:
    """The last 26 weeks or 56 days of an account up to today, in the workspace's zone and weeks."""
    today = account.workspace.today()
    starts = _starts(account.workspace, today, grain)
    length = 1 if grain == "day" else 7
    counted = {
        period: (int(events), int(people))
        for period, events, people in warehouse.rows(
            warehouse.statement("customers", "account_usage"),
            workspace_id=account.workspace_id,
            account=account.number,
            first=starts[0],
            last=today,
            length=length,
        )
    }
    periods = [
        Period(first, last, *counted.get(at, (0, 0)), is_running=last >= today)
        for at, first in enumerate(starts)
        for last in [first + timedelta(days=length - 1)]
    ]
    full_end = max((p.last for p in periods if not p.is_running), default=today)
    same = peers(account)
    return Usage(grain, periods, _median(account, same, full_end), len(same))


def _starts(workspace: Workspace, today: date, grain: Grain) -> list[date]:
    """The first days of the periods, oldest first."""
    count = PERIODS[grain]
    if grain == "day":
        return [today - timedelta(days=back) for back in range(count - 1, -1, -1)]
    this_week = today - timedelta(days=(today.weekday() - workspace.week_start) % 7)
    return [this_week - timedelta(weeks=back) for back in range(count - 1, -1, -1)]


def _median(account: Account, same: Sequence[int], last: date) -> float | None:
    if not same:
        return None
    found = warehouse.scalar(
        warehouse.statement("customers", "peer_usage"),
        workspace_id=account.workspace_id,
        accounts=list(same),
        peers=len(same),
        first=last - timedelta(days=WINDOW - 1),
        last=last,
    )
    return float(found)


@dataclass(frozen=True, slots=True)
class Feature:
    """An event of the product at an account. Per-week figures are over the last 28 days and the 28 before."""

    event: str
    per_week: float
    before: float
    median: float
    last_day: date | None

    @property
    def is_used(self) -> bool:
        return self.per_week > 0

    @property
    def change(self) -> float:
        return self.per_week - self.before


@dataclass(frozen=True, slots=True)
class Features:
    """Used ones by intensity, unused ones by name; ``top`` is the largest figure, for the bars."""

    used: list[Feature]
    unused: list[Feature]
    first: date
    last: date
    peers: int

    @property
    def top(self) -> float:
        return max((max(f.per_week, f.median) for f in self.used), default=1) or 1

    @property
    def count(self) -> int:
        return len(self.used) + len(self.unused)

    @property
    def below(self) -> list[Feature]:
        """Features of which the median peer does at least twice as much, the widest gap first."""
        low = [f for f in (*self.used, *self.unused) if f.median > 0 and f.per_week * 2 <= f.median]
        return sorted(low, key=lambda f: f.per_week - f.median)


def features(account: Account) -> Features:
    """Every event the workspace knows: how often this account did it in the last 28 days, and peers' median."""
    last = account.workspace.today()
    first, before = last - timedelta(days=WINDOW - 1), last - timedelta(days=2 * WINDOW - 1)
    same = peers(account)
    counted = {
        event: (now, earlier, median)
        for event, now, earlier, _, median in warehouse.rows(
            warehouse.statement("customers", "account_features"),
            workspace_id=account.workspace_id,
            account=account.number,
            accounts=same,
            peers=len(same),
            first=first,
            before=before,
            last=last,
        )
    }
    ever = warehouse.rows(
        warehouse.statement("customers", "last_use"),
        workspace_id=account.workspace_id,
        account=account.number,
        last=last,
    )
    weeks = WINDOW / 7
    found = [
        Feature(event, now / weeks, earlier / weeks, median / weeks, None if last_day <= EPOCH else last_day)
        for event, last_day in ever
        for now, earlier, median in [counted.get(event, (0, 0, 0))]
    ]
    used = sorted((f for f in found if f.is_used), key=lambda f: -f.per_week)
    return Features(used, [f for f in found if not f.is_used], first, last, len(same))
