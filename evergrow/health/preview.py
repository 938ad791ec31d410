"""What a draft would do: today's observations of the portfolio scored by another card, without storing anything."""

import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import QuerySet

from evergrow.customers.models import Account
from evergrow.health import card as cards
from evergrow.health import queries, snapshots
from evergrow.health.card import BAND_KEYS, INSUFFICIENT
from evergrow.health.change import State, translated
from evergrow.health.models import ScorecardVersion
from evergrow.health.scoring import Scores, score
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


def preview(workspace: Workspace, accounts: QuerySet[Account], definition: dict[str, Any]) -> Preview | None:
    """The draft's effect on these accounts; None before the first computation. Raises cards.BadDefinition.

    The ten sample accounts lie evenly along today's scores, so that they stay the same while weights change.
    """
    draft, version = cards.read(definition), queries.published(workspace)
    found = _today(workspace, version, accounts) if version else None
    if found is None or version is None:
        return None
    numbers, observed = found
    card = cards.read(version.definition)
    unknown = np.full((len(numbers), len(draft.measures)), np.nan)
    before, after = score(card, observed), score(draft, translated(State(card, observed), draft, unknown))
    pairs = list(zip(before.band.tolist(), after.band.tolist(), strict=True))
    return Preview(
        accounts=len(numbers),
        bands=[_counts(band, pairs) for band in BANDS],
        flows=dict(Counter(pairs)),
        fall=sum(_rank(b) < _rank(a) for a, b in pairs if INSUFFICIENT not in (a, b)),
        rise=sum(_rank(b) > _rank(a) for a, b in pairs if INSUFFICIENT not in (a, b)),
        sample=_sample(accounts, numbers, before, after),
    )


def _today(
    workspace: Workspace, version: ScorecardVersion, accounts: QuerySet[Account]
) -> tuple[np.ndarray, np.ndarray] | None:
    """The accounts' numbers and what was observed of them at the latest computation of the published card."""
    found = snapshots.latest(workspace.pk, workspace.today())
    now = next((part for part in found if part.version == version.pk), None)
    mine = np.array(accounts.order_by().values_list("number", flat=True), dtype=np.int64)
    if now is None or not len(mine):
        return None
    rows = np.isin(now.account, mine)
    return now.account[rows], now.observed[rows]


def _counts(band: str, pairs: list[tuple[str, str]]) -> tuple[str, int, int, int]:
    now, then = sum(a == band for a, _ in pairs), sum(b == band for _, b in pairs)
    return band, now, then, then - now


def _rank(band: str) -> int:
    return BAND_KEYS.index(band)


def _sample(accounts: QuerySet[Account], numbers: np.ndarray, before: Scores, after: Scores) -> list[Sampled]:
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
