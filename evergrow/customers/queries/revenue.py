"""Recurring revenue at a day and how much of it a closed cohort keeps.

Rules: amounts in other currencies count by their exchange rate (``currencies``).
MRR of a day is the sum over subscriptions with ``started_on <= day`` and ``cancelled_on`` empty or later.
NRR, GRR and logo retention follow the closed-cohort standard of the SaaS Metrics Standards Board: accounts that paid
at the start of the period, each compared with itself; new accounts and those that left and came back are out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, Sum

from evergrow.customers.models import Subscription
from evergrow.customers.queries.currencies import in_own
from evergrow.workspaces.models import Workspace


def live_on(day: date) -> Q:
    """The condition on subscriptions that earn on a day."""
    return Q(started_on__lte=day) & (Q(cancelled_on=None) | Q(cancelled_on__gt=day))


@dataclass(frozen=True, slots=True)
class Mrr:
    """Monthly recurring revenue of a day in the workspace's currency, and the accounts that pay it."""

    day: date
    amount: Decimal
    accounts: int


def mrr_at(workspace: Workspace, day: date) -> Mrr:
    """The recurring revenue of one day."""
    live = Subscription.objects.filter(live_on(day), workspace=workspace, mrr__gt=0)
    found = live.aggregate(amount=Sum(in_own(workspace)), accounts=Count("account", distinct=True))
    return Mrr(day, found["amount"] or Decimal(0), found["accounts"])


def mrr_on_days(workspace: Workspace, days: Sequence[date]) -> list[Mrr]:
    """The recurring revenue of several days, read in one go."""
    spans = _spans(workspace)
    found = []
    for day in days:
        paying = {account: mrr for account, lines in spans.items() if (mrr := _mrr(lines, day)) > 0}
        found.append(Mrr(day, sum(paying.values(), Decimal(0)), len(paying)))
    return found


@dataclass(frozen=True, slots=True)
class Retention:
    """What a closed cohort kept. Shares are between 0 and 1 (NRR may exceed 1), ``None`` for an empty cohort."""

    start: date
    end: date
    accounts: int
    kept_accounts: int
    start_mrr: Decimal
    expansion: Decimal
    contraction: Decimal
    churn: Decimal

    @property
    def nrr(self) -> float | None:
        """(start + expansion - contraction - churn) / start"""
        return self._share(self.start_mrr + self.expansion - self.contraction - self.churn)

    @property
    def grr(self) -> float | None:
        """(start - contraction - churn) / start: the sum of min(end, start) over accounts, so never above 1"""
        return self._share(self.start_mrr - self.contraction - self.churn)

    @property
    def logos(self) -> float | None:
        """Accounts still paying / accounts at the start"""
        return self.kept_accounts / self.accounts if self.accounts else None

    def _share(self, kept: Decimal) -> float | None:
        return float(kept / self.start_mrr) if self.start_mrr else None


def retention(workspace: Workspace, start: date, end: date, account_ids: Iterable[int] | None = None) -> Retention:
    """Compare the accounts that paid on ``start`` with themselves on ``end``.

    ``account_ids`` (primary keys) narrows the cohort. An account whose revenue stopped in between counts as churned
    even when it came back: reactivation is not retention.
    """
    return retentions(workspace, [(start, end)], account_ids)[0]


def retentions(
    workspace: Workspace, periods: Sequence[tuple[date, date]], account_ids: Iterable[int] | None = None
) -> list[Retention]:
    """As ``retention``, for several periods over one reading of the subscriptions."""
    only = None if account_ids is None else set(account_ids)
    spans = {account: lines for account, lines in _spans(workspace).items() if only is None or account in only}
    return [_retention(spans, start, end) for start, end in periods]


def _retention(spans: "Mapping[int, list[Span]]", start: date, end: date) -> Retention:
    if end < start:
        raise ValueError(f"The period ends on {end}, before it starts on {start}.")
    pairs = [(before, _kept(lines, start, end)) for lines in spans.values() if (before := _mrr(lines, start)) > 0]
    zero = Decimal(0)
    return Retention(
        start=start,
        end=end,
        accounts=len(pairs),
        kept_accounts=sum(after > 0 for _, after in pairs),
        start_mrr=sum((before for before, _ in pairs), zero),
        expansion=sum((max(after - before, zero) for before, after in pairs), zero),
        contraction=sum((max(before - after, zero) for before, after in pairs if after > 0), zero),
        churn=sum((before for before, after in pairs if after <= 0), zero),
    )


Span = tuple[date, date | None, Decimal]


def _spans(workspace: Workspace) -> Mapping[int, list[Span]]:
    """Per account its paid lines as (first day, first day without, MRR), earliest first."""
    rows = (
        Subscription.objects.filter(workspace=workspace, mrr__gt=0)
        .exclude(started_on=None)
        .order_by("started_on")
        .annotate(own_mrr=in_own(workspace))
        .filter(own_mrr__gt=0)
        .values_list("account_id", "started_on", "cancelled_on", "own_mrr")
    )
    spans: dict[int, list[Span]] = {}
    for account, first, last, mrr in rows.iterator(chunk_size=5000):
        if first is not None and (last is None or last > first):
            spans.setdefault(account, []).append((first, last, mrr))
    return spans


def _mrr(lines: Sequence[Span], day: date) -> Decimal:
    return sum((mrr for first, last, mrr in lines if first <= day and (last is None or last > day)), Decimal(0))


def _kept(lines: Sequence[Span], start: date, end: date) -> Decimal:
    """The revenue on ``end`` when none of the days between was without any, else nothing."""
    covered = start
    for first, last, _ in lines:
        if first > covered:
            break
        if last is None:
            return _mrr(lines, end)
        covered = max(covered, last)
    return _mrr(lines, end) if covered > end else Decimal(0)
