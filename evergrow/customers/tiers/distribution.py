"""How accounts are spread over the tiers, what waits, and what moved, for what a member may see."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from evergrow.customers import access
from evergrow.customers.models import Account, AccountStatus, AccountTier, TierChange, TierRequest
from evergrow.customers.tiers import scheme as schemes
from evergrow.customers.tiers.entitlement import add_months
from evergrow.customers.tiers.scheme import Scheme, TierRule
from evergrow.workspaces.models import Member

MONTHS = 12


@dataclass(frozen=True, slots=True)
class Row:
    """A tier with its accounts. ``arriving`` and ``leaving`` are moves that wait."""

    key: str
    rule: TierRule | None
    accounts: int
    customers: int
    mrr: Decimal
    account_share: float
    mrr_share: float
    arriving: int
    leaving: int
    exceptions: int

    @property
    def load(self) -> float:
        """Load points of its customers together."""
        return self.customers * self.rule.load if self.rule else 0


@dataclass(frozen=True, slots=True)
class Flow:
    """Accounts by tier on a day and today: ``moves[(then, now)]``; ``mrr`` likewise."""

    since: date
    moves: Mapping[tuple[str, str], int]
    mrr: Mapping[tuple[str, str], Decimal]
    up: int
    down: int


def spread(member: Member) -> list[Row]:
    """Every tier of the scheme, then tiers that are gone but still hold accounts."""
    scheme = schemes.of(member.workspace)
    counted = (
        access.accounts(member)
        .order_by()
        .values("tier")
        .annotate(count=Count("pk"), paying=Count("pk", filter=Q(status=AccountStatus.ACTIVE)), money=Sum("mrr"))
    )
    found = {row["tier"]: row for row in counted}
    waiting = pending(member).order_by().values_list("tier", "pending")
    leaving, arriving = Counter(t for t, _p in waiting), Counter(p for _t, p in waiting)
    exceptions = Counter(_standings(member).filter(basis="manual").values_list("tier", flat=True))
    everyone = sum(row["count"] for row in found.values()) or 1
    money = sum((row["money"] or Decimal(0) for row in found.values()), Decimal(0)) or Decimal(1)
    keys = [*scheme.by_key, *sorted(set(found) - set(scheme.by_key))]
    rows = []
    for key in keys:
        row: dict[str, Any] = found.get(key, {"count": 0, "paying": 0, "money": None})  # type: ignore[assignment]
        mrr = row["money"] or Decimal(0)
        rows.append(
            Row(
                key=key,
                rule=scheme.by_key.get(key),
                accounts=row["count"],
                customers=row["paying"],
                mrr=mrr,
                account_share=row["count"] / everyone,
                mrr_share=float(mrr / money),
                arriving=arriving[key],
                leaving=leaving[key],
                exceptions=exceptions[key],
            )
        )
    return rows


def _standings(member: Member) -> QuerySet[AccountTier]:
    return AccountTier.objects.filter(access.visible(member, "account__"), workspace_id=member.workspace_id)


def pending(member: Member) -> QuerySet[AccountTier]:
    """Standings with a move that waits, the nearest first."""
    return _standings(member).exclude(pending="").select_related("account").order_by("pending_on", "-account__mrr")


def held(member: Member) -> QuerySet[AccountTier]:
    """Standings that only missing data keeps where they are."""
    return _standings(member).exclude(held_by=[]).select_related("account").order_by("-account__mrr")


def requests(member: Member) -> QuerySet[TierRequest]:
    """Requests that wait for a decision, the oldest first."""
    rows = TierRequest.objects.filter(
        access.visible(member, "account__"),
        account__workspace_id=member.workspace_id,
        state=TierRequest.State.ASKED,
    )
    return rows.select_related("account", "asked_by__user").order_by("asked_at")


def ending(member: Member, ahead: int = 30) -> QuerySet[AccountTier]:
    """Exceptions that end within some days."""
    last = member.workspace.today() + timedelta(days=ahead)
    return _standings(member).filter(basis="manual", until__lte=last).select_related("account").order_by("until")


def _changes(member: Member) -> QuerySet[TierChange]:
    return TierChange.objects.filter(access.visible(member, "account__"), workspace_id=member.workspace_id)


def latest(member: Member, count: int = 20) -> QuerySet[TierChange]:
    rows = _changes(member).select_related("account", "scheme", "by__user", "request")
    return rows.order_by("-at", "-pk")[:count]


def flow(member: Member, days: int) -> Flow:
    """Where accounts stood before the first move of the last ``days``, and where they stand now."""
    scheme = schemes.of(member.workspace)
    since = member.workspace.today() - timedelta(days=days)
    then: dict[int, str] = {}
    for account, before in (
        _changes(member).filter(on__gt=since).order_by("at", "pk").values_list("account", "from_tier")
    ):
        then.setdefault(account, before)
    moves: Counter[tuple[str, str]] = Counter()
    money: Counter[tuple[str, str]] = Counter()
    for pk, now, mrr in access.accounts(member).order_by().values_list("pk", "tier", "mrr"):
        step = (then.get(pk, now), now)
        moves[step] += 1
        money[step] += mrr  # type: ignore[assignment]
    up = sum(count for (a, b), count in moves.items() if a != b and scheme.is_up(a, b))
    down = sum(count for (a, b), count in moves.items() if a != b and not scheme.is_up(a, b))
    return Flow(since, moves, money, up, down)  # type: ignore[arg-type]


def matrix(scheme: Scheme, moves: Mapping[tuple[str, str], int]) -> list[tuple[str, list[tuple[str, int, str]], int]]:
    """Rows of ``(from, [(to, count, tone)], sum)`` over the tiers that occur, the top one first."""
    there = {key for pair in moves for key in pair}
    keys = [*scheme.by_key, *sorted(there - set(scheme.by_key))]
    rows = []
    for before in keys:
        cells = [(after, moves.get((before, after), 0), _tone(scheme, before, after)) for after in keys]
        rows.append((before, cells, sum(count for _after, count, _tone in cells)))
    return rows


def _tone(scheme: Scheme, before: str, after: str) -> str:
    return "same" if before == after else "up" if scheme.is_up(before, after) else "down"


def by_month(member: Member) -> list[tuple[date, int, int, Decimal, Decimal]]:
    """The last twelve months: first day, moves up and down, and the MRR that moved up and down."""
    scheme, today = schemes.of(member.workspace), member.workspace.today()
    first = add_months(today.replace(day=1), 1 - MONTHS)
    months = [add_months(first, step) for step in range(MONTHS)]
    counts: dict[date, list[Any]] = {month: [0, 0, Decimal(0), Decimal(0)] for month in months}
    for on, before, after, mrr in (
        _changes(member)
        .filter(on__gte=first)
        .exclude(from_tier=F("to_tier"))
        .values_list("on", "from_tier", "to_tier", "mrr")
    ):
        is_down = 0 if scheme.is_up(before, after) else 1
        counts[on.replace(day=1)][is_down] += 1
        counts[on.replace(day=1)][2 + is_down] += mrr
    return [(month, *found) for month, found in counts.items()]


def history(account: Account) -> QuerySet[TierChange]:
    return account.tier_changes.select_related("scheme", "by__user", "request__asked_by__user").order_by("-at", "-pk")
