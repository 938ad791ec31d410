"""The movements of some accounts as arrays, and what they say about any two days. Amounts are whole cents.

NRR, GRR and logo retention are those of the closed cohort: the accounts that paid at the start, each compared with
itself at the end (SaaS Metrics Standards Board). New accounts are out; one whose revenue stopped in between is lost
even if it came back, for a return is no retention.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db.models import QuerySet

from evergrow.customers.models import Account
from evergrow.health.money.models import Kind, Movement
from evergrow.workspaces.models import Workspace

Array = np.ndarray
KINDS = list(Kind)
RISING = (Kind.NEW, Kind.REACTIVATION, Kind.EXPANSION)
FALLING = (Kind.CONTRACTION, Kind.CHURN)


@dataclass(frozen=True, slots=True)
class Span:
    """Two days compared at their ends; ``lines`` are accounts (places in ``Ledger.accounts``), cents all."""

    start: date
    end: date
    before: Array
    after: Array
    kept: Array
    """What of each account's revenue at the end counts as kept: none where it stopped in between."""
    moved: dict[Kind, Array]
    """The net movement of each kind; their sum is after - before."""

    @property
    def cohort(self) -> Array:
        return self.before > 0

    @property
    def start_cents(self) -> int:
        return int(self.before.sum())

    @property
    def end_cents(self) -> int:
        return int(self.after.sum())

    @property
    def start_accounts(self) -> int:
        return int(self.cohort.sum())

    @property
    def end_accounts(self) -> int:
        return int((self.after > 0).sum())

    @property
    def kept_accounts(self) -> int:
        return int((self.cohort & (self.kept > 0)).sum())

    @property
    def kept_cents(self) -> int:
        return int(self.kept[self.cohort].sum())

    @property
    def kept_at_most_cents(self) -> int:
        """The same, no account counted above what it paid at the start."""
        return int(np.minimum(self.kept, self.before)[self.cohort].sum())

    @property
    def nrr(self) -> float | None:
        """(start + expansion - contraction - churn) / start"""
        return self.kept_cents / self.start_cents if self.start_cents else None

    @property
    def grr(self) -> float | None:
        """(start - contraction - churn) / start, that is Σ min(end, start) / start"""
        return self.kept_at_most_cents / self.start_cents if self.start_cents else None

    @property
    def logos(self) -> float | None:
        """Accounts of the cohort that still pay / accounts of the cohort"""
        return self.kept_accounts / self.start_accounts if self.start_accounts else None

    @property
    def arpa_cents(self) -> float | None:
        """Revenue at the end / accounts that pay then"""
        return self.end_cents / self.end_accounts if self.end_accounts else None

    def sum_of(self, kind: Kind) -> int:
        return int(self.moved[kind].sum())

    def only(self, chosen: Array) -> "Span":
        """The same for some of the accounts (a mask)."""
        moved = {kind: cents[chosen] for kind, cents in self.moved.items()}
        return Span(self.start, self.end, self.before[chosen], self.after[chosen], self.kept[chosen], moved)


@dataclass(frozen=True, slots=True)
class Ledger:
    """Movements row by row: ``place`` in ``accounts`` (primary keys), day as an ordinal, cents, kind."""

    accounts: Array
    place: Array
    day: Array
    cents: Array
    kind: Array

    @property
    def first(self) -> date | None:
        return date.fromordinal(int(self.day.min())) if len(self.day) else None

    def span(self, start: date, end: date) -> Span:
        """What became of each account from the end of ``start`` to the end of ``end``."""
        within = (self.day > start.toordinal()) & (self.day <= end.toordinal())
        before = self._sums(self.day <= start.toordinal())
        moved = {kind: self._sums(within & (self.kind == number)) for number, kind in enumerate(KINDS)}
        after = before + sum(moved.values())
        kept = np.where(moved[Kind.CHURN] < 0, 0, after)
        return Span(start, end, before, after, kept, moved)

    def _sums(self, chosen: Array) -> Array:
        # Whole cents stay exact in a double up to 90 trillion
        sums = np.bincount(self.place[chosen], self.cents[chosen], len(self.accounts))
        return np.rint(sums).astype(np.int64)


def rows(workspace: Workspace, accounts: QuerySet[Account]) -> QuerySet[Movement]:
    """The movements of these accounts, counter-entries among them."""
    return Movement.objects.filter(workspace=workspace, account__in=accounts.order_by().values("pk"))


def read(workspace: Workspace, accounts: QuerySet[Account]) -> Ledger:
    """The ledger of accounts that the reader may see; merged ones and those in the trash are not among them."""
    found = list(rows(workspace, accounts).order_by().values_list("account_id", "effective_on", "amount", "kind"))
    numbers = {kind.value: number for number, kind in enumerate(KINDS)}
    keys = np.array([row[0] for row in found], dtype=np.int64)
    known, place = np.unique(keys, return_inverse=True)
    return Ledger(
        known,
        place,
        np.array([row[1].toordinal() for row in found], dtype=np.int64),
        np.array([int(row[2] * 100) for row in found], dtype=np.float64),
        np.array([numbers[row[3]] for row in found], dtype=np.int64),
    )
