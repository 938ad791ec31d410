"""Which measures are missing, and for whom."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from django.db.models import QuerySet

from evergrow.customers.models import Account
from evergrow.health import card as cards
from evergrow.health import queries, snapshots
from evergrow.health.card import Card, Measure
from evergrow.health.sources import NULL_REASONS
from evergrow.lib.bilingual import Name
from evergrow.workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class Gap:
    """A measure that is missing for ``accounts`` accounts of ``of``; ``reasons`` with how many each, most first."""

    measure: Measure
    share_of_card: float
    accounts: int
    of: int
    reasons: list[tuple[Name, int]]

    @property
    def known(self) -> float:
        """The share of accounts that have it (0–1)."""
        return 1 - self.accounts / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class Today:
    """The latest snapshots of the accounts under the published card."""

    card: Card
    numbers: np.ndarray
    is_missing: np.ndarray
    reasons: np.ndarray


def today(workspace: Workspace, accounts: QuerySet[Account]) -> Today | None:
    """None before the first computation of the published card. Raises warehouse.StoreUnavailable."""
    version = queries.published(workspace)
    if version is None:
        return None
    found = snapshots.latest(workspace.pk, workspace.today())
    now = next((part for part in found if part.version == version.pk), None)
    if now is None:
        return None
    mine = np.isin(now.account, np.array(accounts.order_by().values_list("number", flat=True), dtype=np.int64))
    return Today(cards.read(version.definition), now.account[mine], np.isnan(now.points[mine]), now.reasons[mine])


def gaps(found: Today) -> list[Gap]:
    """Every measure that weighs, the one known least first."""
    rows = []
    for place, measure in enumerate(found.card.measures):
        share = float(found.card.shares[place])
        if share:
            codes = Counter(found.reasons[found.is_missing[:, place], place].tolist())
            reasons = [(NULL_REASONS[code][1], count) for code, count in codes.most_common()]
            rows.append(Gap(measure, share, sum(codes.values()), len(found.numbers), reasons))
    return sorted(rows, key=lambda gap: gap.known)


def without(found: Today, key: str) -> dict[int, Name]:
    """The accounts that lack a measure, each with its reason. Raises ValueError for a measure the card has not."""
    place = found.card.place(key)
    rows = np.flatnonzero(found.is_missing[:, place])
    return {int(found.numbers[row]): NULL_REASONS[int(found.reasons[row, place])][1] for row in rows}
