"""What a draft would do: today's observations of the portfolio scored by another card, without storing anything."""

import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import QuerySet

from evergrow.customers.models import Account
from evergrow.health import card as cards
from evergrow.health import queries
from evergrow.health.adjusting import adjust
from evergrow.health.card import BAND_KEYS, INSUFFICIENT, Card
from evergrow.health.lines import scoring as lines
from evergrow.health.models import Override, Scorecard, ScorecardVersion, VersionState
from evergrow.health.overrides.held import beside, counting
from evergrow.health.preview_arrays import Today, today
from evergrow.health.scoring import score
from evergrow.workspaces.models import Workspace

SAMPLE = 10
BANDS = (*BAND_KEYS, INSUFFICIENT)


@dataclass(frozen=True, slots=True)
class Sampled:
    account: Account
    before: float
    band_before: str
    after: float
    band_after: str

    @property
    def change(self) -> float:
        return self.after - self.before

    @property
    def shown(self) -> tuple[int, int]:
        """Both scores rounded down, as everywhere, so that they do not read as the next band's."""
        return math.floor(self.before), math.floor(self.after)


@dataclass(frozen=True, slots=True)
class Preview:
    """``bands``: (band, accounts now, under the draft, difference); ``fall``, ``rise``: accounts with another band."""

    accounts: int
    bands: list[tuple[str, int, int, int]]
    flows: dict[tuple[str, str], int]
    fall: int
    rise: int
    sample: list[Sampled]


@dataclass(frozen=True, slots=True)
class Standing:
    """Scores and bands with exceptions and overrides; the accounts below do not count in a preview."""

    overall: np.ndarray
    band: np.ndarray


def preview(
    workspace: Workspace, accounts: QuerySet[Account], definition: dict[str, Any], scorecard: Scorecard | None = None
) -> Preview | None:
    """The draft's effect on these accounts; None before the first computation. Raises cards.BadDefinition.

    The accounts are those that the published version of the ``scorecard`` judges (without one: the default card), those
    of the default card where it was never published.

    The ten sample accounts lie evenly along today's scores, so that they stay the same while weights change.
    """
    if scorecard is not None and scorecard.product:
        return _of_line(workspace, accounts, cards.read(definition), scorecard)
    draft, version = cards.read(definition), _published(workspace, scorecard)
    mine = np.array(accounts.order_by().values_list("number", flat=True), dtype=np.int64)
    if version is None or not len(mine):
        return None
    card = cards.read(version.definition)
    found = today(workspace, version, card, draft)
    if found is None:
        return None
    rows = np.isin(found.accounts, mine)
    numbers = found.accounts[rows]
    overrides = counting(workspace, workspace.today())
    before = _scored(card, found, found.now, rows, overrides)
    after = _scored(draft, found, found.draft, rows, overrides)
    return _compared(accounts, numbers, before, after)


def _of_line(workspace: Workspace, accounts: QuerySet[Account], draft: Card, scorecard: Scorecard) -> Preview | None:
    """The effect on how accounts do with a product; before the card's first publication none of them has a score."""
    found = lines.both(workspace, scorecard, draft)
    mine = np.array(accounts.order_by().values_list("number", flat=True), dtype=np.int64)
    rows = np.isin(found.draft.accounts, mine)
    if not rows.any():
        return None
    after = Standing(found.draft.done.overall[rows], found.draft.done.band[rows])
    before = Standing(np.full(len(after.overall), np.nan), np.full(len(after.overall), INSUFFICIENT, dtype=object))
    if found.now is not None:
        before = Standing(found.now.done.overall[rows], found.now.done.band[rows])
    return _compared(accounts, found.draft.accounts[rows], before, after)


def _compared(accounts: QuerySet[Account], numbers: np.ndarray, before: Standing, after: Standing) -> Preview:
    pairs = list(zip(before.band.tolist(), after.band.tolist(), strict=True))
    return Preview(
        accounts=len(numbers),
        bands=[_counts(band, pairs) for band in BANDS],
        flows=dict(Counter(pairs)),
        fall=sum(_rank(b) < _rank(a) for a, b in pairs if INSUFFICIENT not in (a, b)),
        rise=sum(_rank(b) > _rank(a) for a, b in pairs if INSUFFICIENT not in (a, b)),
        sample=_sample(accounts, numbers, before, after),
    )


def _published(workspace: Workspace, scorecard: Scorecard | None) -> ScorecardVersion | None:
    own = scorecard and scorecard.versions.filter(state=VersionState.PUBLISHED).first()
    return own or queries.published(workspace)


def _scored(card: Card, found: Today, values: np.ndarray, rows: np.ndarray, overrides: list[Override]) -> Standing:
    accounts, scores = found.accounts[rows], score(card, values[rows])
    met = np.zeros((len(accounts), len(card.exceptions)), dtype=bool)
    for place, rule in enumerate(card.exceptions):
        met[:, place] = np.isin(accounts, found.ask(rule.criteria))
    done = adjust(card, scores, met, beside(accounts, card, overrides))
    return Standing(done.overall, done.band)


def _counts(band: str, pairs: list[tuple[str, str]]) -> tuple[str, int, int, int]:
    now, then = sum(a == band for a, _ in pairs), sum(b == band for _, b in pairs)
    return band, now, then, then - now


def _rank(band: str) -> int:
    return BAND_KEYS.index(band)


def _sample(accounts: QuerySet[Account], numbers: np.ndarray, before: Standing, after: Standing) -> list[Sampled]:
    scored = np.flatnonzero(~np.isnan(before.overall) & ~np.isnan(after.overall))
    order = scored[np.argsort(before.overall[scored], kind="stable")]
    if not len(order):
        return []
    count = min(SAMPLE, len(order))
    places = ((np.arange(count) + 0.5) * len(order) / count).astype(int)
    rows = {account.number: account for account in accounts.filter(number__in=numbers[order[places]].tolist())}
    return [
        Sampled(
            rows[int(numbers[row])],
            float(before.overall[row]),
            str(before.band[row]),
            float(after.overall[row]),
            str(after.band[row]),
        )
        for row in order[places]
    ]
