"""Bands on two days side by side, both by today's scorecard, with who came and who went in between."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.db.models import QuerySet

from evergrow.customers.models import Account
from evergrow.health import card as cards
from evergrow.health import queries, snapshots
from evergrow.health.backtest.outcomes import Lines, read_lines
from evergrow.health.card import BAND_KEYS, INSUFFICIENT, Card
from evergrow.health.change import State, translated
from evergrow.health.models import ScorecardVersion
from evergrow.health.scoring import score
from evergrow.workspaces.models import Workspace

LOOK_BACK = 62  # days: an older snapshot says nothing about a day
COME, GONE = "come", "gone"
BEFORE = (*BAND_KEYS, INSUFFICIENT, COME)
AFTER = (*BAND_KEYS, INSUFFICIENT, GONE)


@dataclass(frozen=True, slots=True)
class Moved:
    """An account that paid on either day; a score is NaN where there was none, revenue that of the later day it paid.

    ``before`` is "come" for who did not pay on the first day, ``after`` "gone" for who did not on the last.
    """

    number: int
    before: str
    after: str
    score_before: float
    score_after: float
    mrr: float

    @property
    def change(self) -> float:
        return self.score_after - self.score_before


@dataclass(frozen=True, slots=True)
class Cell:
    """The accounts of a cell of the matrix and their monthly revenue."""

    before: str
    after: str
    accounts: int
    mrr: float

    @property
    def tone(self) -> str:
        """fell, rose, same, or known: moves of missing data and of coming customers are neither good nor bad."""
        if self.after == GONE:
            return "fell"
        if self.before in queries.RANK and self.after in queries.RANK:
            step = queries.RANK[self.after] - queries.RANK[self.before]
            return "same" if step == 0 else "rose" if step > 0 else "fell"
        return "same" if self.before == self.after else "known"


@dataclass(frozen=True, slots=True)
class Moves:
    since: date
    until: date
    accounts: list[Moved]

    def cell(self, before: str, after: str) -> Cell:
        here = [one for one in self.accounts if (one.before, one.after) == (before, after)]
        return Cell(before, after, len(here), sum(one.mrr for one in here))

    @property
    def matrix(self) -> list[tuple[str, list[Cell]]]:
        """The rows of the matrix, bands on the first day, each with a cell for every end."""
        return [(before, [self.cell(before, after) for after in AFTER]) for before in BEFORE]

    def count(self, tone: str) -> int:
        """How many fell, rose or stayed."""
        pairs = Counter((one.before, one.after) for one in self.accounts)
        return sum(
            n for (before, after), n in pairs.items() if Cell(before, after, 0, 0).tone == tone and after != GONE
        )

    @property
    def gone(self) -> int:
        return sum(one.after == GONE for one in self.accounts)

    @property
    def come(self) -> int:
        return sum(one.before == COME for one in self.accounts)

    @property
    def flows(self) -> dict[tuple[str, str], int]:
        """Accounts by both bands, of those that paid on both days; for the drawing."""
        return dict(Counter((m.before, m.after) for m in self.accounts if m.before != COME and m.after != GONE))


def moves(workspace: Workspace, accounts: QuerySet[Account], since: date, until: date) -> Moves:
    """Between the ends of two days; ``accounts`` are those the member may see. Raises warehouse.StoreUnavailable.

    A day's band is that of the latest snapshot up to it, at most 62 days old, scored by the published card, so that
    publishing another one moves nobody.
    """
    version = queries.published(workspace)
    mine = np.array(sorted(accounts.order_by().values_list("number", flat=True)), dtype=np.int64)
    if version is None or not len(mine):
        return Moves(since, until, [])
    lines = read_lines(workspace)
    first, last = _paying(lines, mine, since), _paying(lines, mine, until)
    before, after = _bands(workspace, version, since), _bands(workspace, version, until)
    found = []
    for number in sorted(first.keys() | last.keys()):
        then, now = before.get(number, UNKNOWN), after.get(number, UNKNOWN)
        found.append(
            Moved(
                number,
                then[0] if number in first else COME,
                now[0] if number in last else GONE,
                then[1],
                now[1],
                last.get(number, first.get(number, 0.0)),
            )
        )
    return Moves(since, until, found)


UNKNOWN = (INSUFFICIENT, float("nan"))


def _paying(lines: Lines, mine: np.ndarray, day: date) -> dict[int, float]:
    """The monthly revenue of those that paid on a day."""
    live = lines.live(day.toordinal()) & np.isin(lines.account, mine)
    numbers, owner = np.unique(lines.account[live], return_inverse=True)
    return dict(zip(numbers.tolist(), np.bincount(owner, lines.mrr[live]).tolist(), strict=True))


def _bands(workspace: Workspace, version: ScorecardVersion, day: date) -> dict[int, tuple[str, float]]:
    """Account number → band and score on a day under the published card."""
    card = cards.read(version.definition)
    found: dict[int, tuple[str, float]] = {}
    olds = snapshots.latest(workspace.pk, day, since=day - timedelta(days=LOOK_BACK))
    known = ScorecardVersion.objects.in_bulk([old.version for old in olds])
    for old in olds:
        values = old.observed
        if old.version != version.pk:
            values = _under(card, cards.read(known[old.version].definition), values)
        scores = score(card, values)
        pairs = zip(scores.band.tolist(), scores.overall.tolist(), strict=True)
        found.update(zip(old.account.tolist(), pairs, strict=True))
    return found


def _under(card: Card, old: Card, values: np.ndarray) -> np.ndarray:
    """Observations in the columns of another card; what the old one did not measure is missing."""
    return translated(State(old, values), card, np.full((len(values), len(card.measures)), np.nan))
