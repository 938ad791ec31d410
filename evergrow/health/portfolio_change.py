"""Why a portfolio's mean score moved between two days, and what moved its accounts into other bands.

The change of every account that had a score on both days is split as on its own page; the portfolio's effects are the
means over those accounts. Accounts with a score on only one of the days are the ``arrivals`` effect:
``(mean now of all − mean now of both) − (mean then of all − mean then of both)``. So the effects add up to the change
of the mean exactly. An account that changed its band counts for the effect that did most in the direction it moved.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from django.db.models import QuerySet

from evergrow.customers.models import Account
from evergrow.health import card as cards
from evergrow.health import snapshots
from evergrow.health.card import BAND_KEYS, Card
from evergrow.health.change import State, decompose
from evergrow.health.done import done_between
from evergrow.health.models import ScorecardVersion
from evergrow.health.snapshots import Snapshots
from evergrow.lib.bilingual import Name
from evergrow.workspaces.models import Workspace

KINDS = ("value", "null", "weight", "scoring", "exception", "override", "children", "unsplit", "arrivals")


@dataclass(frozen=True, slots=True)
class Effect:
    """Points of the mean that one cause did; ``measure`` names it for effects of measures. ``accounts`` it moved."""

    kind: str
    name: Name | None
    points: float
    accounts: int


@dataclass(slots=True)
class PortfolioChange:
    """``then``, ``now``: mean scores; ``both``: accounts scored on both days; ``moves``: band changes by cause."""

    since: date
    until: date
    then: float | None
    now: float | None
    both: int
    arrived: int
    left: int
    effects: list[Effect] = field(default_factory=list)
    moves: list[tuple[str, Name | None, int, int]] = field(default_factory=list)

    @property
    def change(self) -> float | None:
        return None if self.then is None or self.now is None else self.now - self.then


def read(workspace: Workspace, accounts: QuerySet[Account], since: date, until: date) -> PortfolioChange:
    """The change between the latest snapshots up to both days. Raises ``warehouse.StoreUnavailable``."""
    mine = np.array(accounts.order_by().values_list("number", flat=True), dtype=np.int64)
    olds, news = (snapshots.latest(workspace.pk, day) for day in (since, until))
    known = {
        version.pk: cards.read(version.definition)
        for version in ScorecardVersion.objects.filter(pk__in={each.version for each in [*olds, *news]})
    }
    sums = _Sums()
    for old in olds:
        for new in news:
            _add_pair(sums, old, new, known, mine)
    return _told(sums, _scores(olds, mine), _scores(news, mine), since, until)


@dataclass(slots=True)
class _Sums:
    """Sums over accounts by cause; a cause is a kind and a key, empty where the kind says it all."""

    points: dict[tuple[str, str], float] = field(default_factory=dict)
    touched: Counter[tuple[str, str]] = field(default_factory=Counter)
    names: dict[str, Name] = field(default_factory=dict)
    both: set[int] = field(default_factory=set)
    fell: Counter[tuple[str, str]] = field(default_factory=Counter)
    rose: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, cause: tuple[str, str], points: np.ndarray) -> None:
        filled = np.nan_to_num(points)
        self.points[cause] = self.points.get(cause, 0.0) + float(filled.sum())
        self.touched[cause] += int((np.abs(filled) > 1e-9).sum())


def _add_pair(sums: _Sums, old: Snapshots, new: Snapshots, known: dict[int, Card], mine: np.ndarray) -> None:
    shared, theirs, ours = np.intersect1d(old.account, new.account, assume_unique=True, return_indices=True)
    has_both = np.isin(shared, mine) & ~np.isnan(old.overall[theirs]) & ~np.isnan(new.overall[ours])
    theirs, ours = theirs[has_both], ours[has_both]
    if not len(ours):
        return
    sums.both |= set(shared[has_both].tolist())
    before, after = known[old.version], known[new.version] if old.version != new.version else known[old.version]
    effects = decompose(State(before, old.observed[theirs]), State(after, new.observed[ours]))
    done = done_between(old, theirs, new, ours)
    sums.names |= {measure.key: measure.name for card in (before, after) for measure in card.measures}
    causes: list[tuple[str, str]] = []
    columns: list[np.ndarray] = []
    is_whole = ~np.isnan(done.exceptions)
    for kind in ("value", "null", "weight", "scoring"):
        grid = np.where(is_whole[:, None], np.nan_to_num(getattr(effects, kind)), 0.0)
        for place, key in enumerate(effects.keys):
            causes.append((kind, key))
            columns.append(grid[:, place])
    for kind, points in (
        ("exception", done.exceptions),
        ("override", done.override),
        ("children", done.children),
        ("unsplit", done.unsplit),
    ):
        causes.append((kind, ""))
        columns.append(np.nan_to_num(points))
    for cause, points in zip(causes, columns, strict=True):
        sums.add(cause, points)
    _add_moves(sums, causes, np.column_stack(columns), old.band[theirs], new.band[ours])


def _add_moves(
    sums: _Sums, causes: Sequence[tuple[str, str]], grid: np.ndarray, was: np.ndarray, now: np.ndarray
) -> None:
    rank = {band: place for place, band in enumerate(BAND_KEYS)}
    for row in np.flatnonzero(was != now).tolist():
        if was[row] not in rank or now[row] not in rank:
            continue
        fell = rank[now[row]] < rank[was[row]]
        place = int(np.argmin(grid[row]) if fell else np.argmax(grid[row]))
        (sums.fell if fell else sums.rose)[causes[place]] += 1


def _scores(parts: Sequence[Snapshots], mine: np.ndarray) -> dict[int, float]:
    found: dict[int, float] = {}
    for part in parts:
        rows = np.isin(part.account, mine) & ~np.isnan(part.overall)
        found |= dict(zip(part.account[rows].tolist(), part.overall[rows].tolist(), strict=True))
    return found


def _told(sums: _Sums, then: dict[int, float], now: dict[int, float], since: date, until: date) -> PortfolioChange:
    found = PortfolioChange(
        since,
        until,
        _mean(then.values()),
        _mean(now.values()),
        len(sums.both),
        arrived=len(now.keys() - then.keys()),
        left=len(then.keys() - now.keys()),
    )
    if not sums.both or found.change is None:
        return found
    size = len(sums.both)
    effects = [
        Effect(kind, sums.names.get(key), points / size, sums.touched[kind, key])
        for (kind, key), points in sums.points.items()
        if abs(points) > 1e-9
    ]
    inside = sum(points for points in sums.points.values()) / size
    arrivals = found.change - inside
    if abs(arrivals) > 1e-9:
        effects.append(Effect("arrivals", None, arrivals, found.arrived + found.left))
    order = {kind: place for place, kind in enumerate(KINDS)}
    found.effects = sorted(effects, key=lambda effect: (order[effect.kind], -abs(effect.points)))
    causes = {*sums.fell, *sums.rose}
    moves = [(kind, sums.names.get(key), sums.fell[kind, key], sums.rose[kind, key]) for kind, key in causes]
    found.moves = sorted(moves, key=lambda move: (-(move[2] + move[3]), move[0]))
    return found


def _mean(values: Any) -> float | None:
    numbers = list(values)
    return float(np.mean(numbers)) if numbers else None
