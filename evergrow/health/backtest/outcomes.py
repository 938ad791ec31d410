"""What became of accounts after a day, from their paid subscription lines.

lost        the account's revenue stopped within N days, also where it came back later: the rule of ``retention`` in
            customers/queries/revenue.py
shrank      it did not stop, but the monthly revenue at the end of the N days is smaller than on the day
shrank or   either of both
lost
not renewed as "lost", of the accounts whose renewal fell due within the N days. Only the next renewal date is recorded:
            earlier ones are counted back from it in steps of a year as long as they lie after the line's start
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
from django.db import models
from django.utils.translation import pgettext_lazy

from evergrow.customers.models import Subscription
from evergrow.lib.years import year_before
from evergrow.workspaces.models import Workspace


class Outcome(models.TextChoices):
    LOST = "lost", pgettext_lazy("back-test", "Lost: revenue stopped")
    SHRANK = "shrank", pgettext_lazy("back-test", "Shrank: less monthly revenue")
    EITHER = "either", pgettext_lazy("back-test", "Shrank or lost")
    NOT_RENEWED = "not_renewed", pgettext_lazy("back-test", "Not renewed, of those due")


@dataclass(frozen=True, slots=True)
class Lines:
    """Paid subscription lines, days as ordinals: [``first``, ``until``); ``until`` inf while it runs.

    ``renews`` NaN where no renewal date is recorded; ``seats`` NaN where unknown.
    """

    account: np.ndarray
    first: np.ndarray
    until: np.ndarray
    mrr: np.ndarray
    seats: np.ndarray
    renews: np.ndarray

    def live(self, day: int) -> np.ndarray:
        """Which lines earn on a day."""
        found: np.ndarray = (self.first <= day) & (self.until > day)
        return found


@dataclass(frozen=True, slots=True)
class Afterwards:
    """Of the accounts that paid on ``day``, rising: revenue then and N days later, whether it stopped, renewal due.

    ``ends`` is the ordinal of the first day without revenue, inf where none lies ahead.
    """

    account: np.ndarray
    mrr: np.ndarray
    mrr_after: np.ndarray
    ends: np.ndarray
    lost: np.ndarray
    shrank: np.ndarray
    is_due: np.ndarray

    def of(self, outcome: Outcome) -> tuple[np.ndarray, np.ndarray]:
        """Whether it happened, and which rows are asked at all."""
        everyone = np.ones(len(self.account), dtype=bool)
        match outcome:
            case Outcome.SHRANK:
                return self.shrank, ~self.lost
            case Outcome.EITHER:
                return self.shrank | self.lost, everyone
            case Outcome.NOT_RENEWED:
                return self.lost, self.is_due
        return self.lost, everyone


def read_lines(workspace: Workspace) -> Lines:
    """All paid lines of the workspace that ran at least a day."""
    rows = Subscription.objects.filter(workspace=workspace, mrr__gt=0, account__merged_into=None).exclude(
        started_on=None
    )
    names = ("account__number", "started_on", "cancelled_on", "mrr", "seats", "renews_on")
    columns = list(zip(*rows.values_list(*names).iterator(chunk_size=5000), strict=True)) or [()] * len(names)
    account, first, until, mrr, seats, renews = columns
    found = Lines(
        account=np.array(account, dtype=np.int64),
        first=_ordinals(first, np.inf),
        until=_ordinals(until, np.inf),
        mrr=np.array([float(amount) for amount in mrr]),
        seats=np.array([np.nan if count is None else count for count in seats], dtype=float),
        renews=_ordinals(renews, np.nan),
    )
    return _only(found, found.until > found.first)


def _only(lines: Lines, which: np.ndarray) -> Lines:
    order = np.flatnonzero(which)
    order = order[np.lexsort((lines.first[order], lines.account[order]))]
    return Lines(*(getattr(lines, name)[order] for name in Lines.__slots__))


def _ordinals(days: tuple[date | None, ...], unknown: float) -> np.ndarray:
    return np.array([unknown if day is None else day.toordinal() for day in days], dtype=float)


def afterwards(lines: Lines, day: date, within: int) -> Afterwards:
    """What became of everyone who paid on a day in the ``within`` days after it."""
    start, end = day.toordinal(), day.toordinal() + within
    accounts, owner = np.unique(lines.account, return_inverse=True)
    mrr = np.bincount(owner, lines.mrr * lines.live(start), len(accounts))
    after = np.bincount(owner, lines.mrr * lines.live(end), len(accounts))
    ends = _covered(lines, owner, len(accounts), start)
    paid = mrr > 0
    lost = ends <= end
    due = np.bincount(owner, _falls_due(lines, start, end), len(accounts)) > 0
    shrank = ~lost & (after < mrr - 0.005)
    parts = (accounts, mrr, np.where(lost, 0.0, after), ends, lost, shrank, due)
    return Afterwards(*(part[paid] for part in parts))


def _covered(lines: Lines, owner: np.ndarray, size: int, start: int) -> np.ndarray:
    """Up to when revenue runs without a gap from a day on; lines are in the order of their first days."""
    until = np.full(size, float(start))
    ahead = np.flatnonzero(lines.until > start)
    for line in ahead[np.argsort(lines.first[ahead], kind="stable")].tolist():
        one = owner[line]
        if lines.first[line] <= until[one]:
            until[one] = max(until[one], lines.until[line])
    return until


def _falls_due(lines: Lines, start: int, end: int) -> np.ndarray:
    """Which lines that run on the day have a renewal date in (start, end], counted back by years where it moved on."""
    found = np.zeros(len(lines.account), dtype=bool)
    for line in np.flatnonzero(lines.live(start) & ~np.isnan(lines.renews)).tolist():
        due = date.fromordinal(int(lines.renews[line]))
        while due.toordinal() > end and due.toordinal() > lines.first[line]:
            due = year_before(due)
        found[line] = start < due.toordinal() <= end and due.toordinal() > lines.first[line]
    return found
