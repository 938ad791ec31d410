"""The five numbers at the top: recurring revenue, what is kept of it, what is at risk, what renews, what is due."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Q, Sum

from evergrow.customers.models import Account, Subscription
from evergrow.customers.queries import revenue
from evergrow.success.queries import lists
from evergrow.web.home.scope import Scope

MONTHS_OF_MRR = 12
MONTHS_OF_RETENTION = 6
RENEWAL_DAYS = 90


def months_before(day: date, months: int) -> date:
    """The same day ``months`` earlier, or that month's last day."""
    count = day.year * 12 + day.month - 1 - months
    year, month = divmod(count, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True)
class RecurringRevenue:
    """MRR today and on the same day of the months before, oldest first."""

    now: Decimal
    history: list[float]

    @property
    def change(self) -> float | None:
        """Against the same day of the month before, as a share of it."""
        before = self.history[-2]
        return float(self.now) / before - 1 if before else None


def recurring_revenue(scope: Scope) -> RecurringRevenue:
    """MRR = sum of the live subscriptions' monthly price, as ``customers.queries.revenue`` defines live."""
    today = scope.workspace.today()
    days = [months_before(today, months) for months in range(MONTHS_OF_MRR, -1, -1)]
    lines = Subscription.objects.filter(workspace=scope.workspace, mrr__gt=0)
    held = scope.held()
    if held is not None:
        lines = lines.filter(account__in=held.values("pk"))
    sums = {f"day{at}": Sum("mrr", filter=revenue.live_on(day)) for at, day in enumerate(days)}
    found = lines.aggregate(**sums)
    history = [found[f"day{at}"] or Decimal(0) for at in range(len(days))]
    return RecurringRevenue(history[-1], [float(amount) for amount in history])


@dataclass(frozen=True, slots=True)
class Kept:
    """Revenue retention over twelve months to today, and of the same cohorts' windows in the months before."""

    now: revenue.Retention
    history: list[float | None]


def kept(scope: Scope) -> Kept:
    """NRR and GRR on the closed cohort that paid twelve months ago."""
    today = scope.workspace.today()
    ends = [months_before(today, months) for months in range(MONTHS_OF_RETENTION, -1, -1)]
    found = revenue.retentions(scope.workspace, [(months_before(end, 12), end) for end in ends], scope.account_ids())
    return Kept(found[-1], [one.nrr for one in found])


@dataclass(frozen=True, slots=True)
class AtRisk:
    """MRR of the accounts in the band "risk" now, and of those that were in it a week ago."""

    accounts: int
    mrr: Decimal
    before: Decimal
    total: Decimal

    @property
    def change(self) -> Decimal:
        return self.mrr - self.before

    @property
    def share(self) -> float | None:
        return float(self.mrr / self.total) if self.total else None


def at_risk(scope: Scope) -> AtRisk:
    """Today's prices on both days, so that only moves between bands count."""
    now, then = Q(health_state__band="risk"), Q(health_state__band_before="risk")
    found = scope.accounts().aggregate(
        n=Count("pk", filter=now), lost=Sum("mrr", filter=now), before=Sum("mrr", filter=then), total=Sum("mrr")
    )
    zero = Decimal(0)
    return AtRisk(found["n"], found["lost"] or zero, found["before"] or zero, found["total"] or zero)


@dataclass(frozen=True, slots=True)
class Renewal:
    """An account that renews within the window."""

    account: Account
    day: date
    mrr: Decimal
    band: str
    score: float | None


def renewals(scope: Scope) -> list[Renewal]:
    """Who renews from today within 90 days, the end included, soonest first."""
    today = scope.workspace.today()
    rows = scope.accounts().filter(renews_on__range=(today, today + timedelta(days=RENEWAL_DAYS)))
    found = []
    for account in (
        rows.select_related("health_state").defer("traits", "health_state__reasons").order_by("renews_on", "-mrr")
    ):
        state = getattr(account, "health_state", None)
        assert account.renews_on is not None
        band = state.band if state else "insufficient"
        found.append(Renewal(account, account.renews_on, account.mrr, band, state.score if state else None))
    return found


@dataclass(frozen=True, slots=True)
class Ahead:
    """What renews ahead in numbers."""

    accounts: int
    mrr: Decimal
    risk_accounts: int
    risk_mrr: Decimal


def ahead(found: Sequence[Renewal]) -> Ahead:
    risky = [one for one in found if one.band == "risk"]
    zero = Decimal(0)
    return Ahead(len(found), sum((r.mrr for r in found), zero), len(risky), sum((r.mrr for r in risky), zero))


@dataclass(frozen=True, slots=True)
class Due:
    """The member's own open tasks: due by today, of those overdue, and all of them."""

    by_today: int
    overdue: int
    open: int


def due(scope: Scope) -> Due:
    today = scope.workspace.today()
    found = (
        lists.todo(scope.member)
        .order_by()
        .aggregate(
            by_today=Count("pk", filter=Q(due_on__lte=today)),
            overdue=Count("pk", filter=Q(due_on__lt=today)),
            open=Count("pk"),
        )
    )
    return Due(**found)
