"""What was known of accounts on a past day, and nothing that came later.

``facts.read`` knows how things stand now. Here what it would give away about a past day is taken back:
seats     of the subscriptions that ran on that day, not of those that run now
renewals  none: only the next date is recorded (see ``known``)
ratings   only of tickets whose closing time is known, from that time on
payments  an invoice paid on an unknown day may have been overdue by then: the measure is missing for its account
since     an account is there from its first subscription on, also where it was recorded later
Events are counted by the day on which they happened, also those that arrived later.
"""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from evergrow.customers.models import Invoice, InvoiceStatus
from evergrow.health import asking, facts, usage
from evergrow.health.backtest.outcomes import Lines
from evergrow.health.card import Card
from evergrow.health.facts import Facts
from evergrow.health.observation import Observations
from evergrow.health.sources import PLACE
from evergrow.workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class Known:
    """Read once for all the days of a back-test; ``unsure``: invoices paid on unknown days, by account and due day.

    ``cards``: those whose surveys are asked; nothing else that cards ask is known of a past day.
    """

    workspace: Workspace
    facts: Facts
    lines: Lines
    unsure: tuple[np.ndarray, np.ndarray]
    cards: tuple[Card, ...] = ()

    def on(self, day: date) -> Observations:
        """What could be observed at the end of a past day, of the accounts that were there. Raises StoreUnavailable."""
        known = replace(self.facts, accounts=self._accounts(day.toordinal()))
        seen = known.on(day, asking.columns(self.cards))
        self._forget_payments(seen, day.toordinal())
        usage.observe(seen, self.workspace.pk, day)
        asking.observe(seen, known, self.cards)
        return seen

    def _accounts(self, day: int) -> dict[str, np.ndarray]:
        known = self.facts.accounts
        return {**known, "seats": _seats(known["number"], self.lines, day)}

    def _forget_payments(self, seen: Observations, day: int) -> None:
        owners, due = self.unsure
        _, places = seen.match(np.unique(owners[due < day]))
        seen.values[places, PLACE["days_overdue"]] = np.nan


def read(workspace: Workspace, lines: Lines, cards: tuple[Card, ...] = ()) -> Known:
    """Everything that days of the past need to know."""
    found = facts.read(workspace)
    closed = ~np.isinf(found.tickets["closed"])
    found.tickets["csat"] = np.where(closed, found.tickets["csat"], np.nan)
    numbers = found.accounts["number"]
    found.accounts["renews"] = np.full(len(numbers), np.nan)
    found.accounts["since"] = np.fmin(found.accounts["since"], _first_paid(numbers, lines))
    return Known(workspace, found, lines, _unsure_invoices(workspace), cards)


def _seats(numbers: np.ndarray, lines: Lines, day: int) -> np.ndarray:
    """Seats of the lines that earn on a day; NaN for accounts without any known."""
    at = np.searchsorted(numbers, lines.account).clip(0, max(len(numbers) - 1, 0))
    if not len(numbers):
        return np.empty(0)
    counts = lines.live(day) & ~np.isnan(lines.seats) & (numbers[at] == lines.account)
    total = np.bincount(at[counts], lines.seats[counts], len(numbers))
    return np.where(np.bincount(at[counts], minlength=len(numbers)) > 0, total, np.nan)


def _first_paid(numbers: np.ndarray, lines: Lines) -> np.ndarray:
    first = np.full(len(numbers), np.inf)
    if len(numbers):
        at = np.searchsorted(numbers, lines.account).clip(0, len(numbers) - 1)
        mine = numbers[at] == lines.account
        np.minimum.at(first, at[mine], lines.first[mine])
    return first


def _unsure_invoices(workspace: Workspace) -> tuple[np.ndarray, np.ndarray]:
    rows = Invoice.objects.filter(workspace=workspace, status=InvoiceStatus.PAID, paid_on=None)
    found = [
        (number, (due.toordinal() if due else issued.toordinal() + facts.PAYMENT_DAYS))
        for number, issued, due in rows.values_list("account__number", "issued_on", "due_on").iterator(chunk_size=5000)
    ]
    numbers, days = zip(*found, strict=True) if found else ((), ())
    return np.array(numbers, dtype=np.int64), np.array(days, dtype=np.int64)
