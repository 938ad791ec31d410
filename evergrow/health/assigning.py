"""Which card judges which account: the first published card, by priority, whose criteria the account meets.

The default card judges the rest. Two cards of equal priority are not published when both may claim an account
(``conflict``), so that the order in which accounts or cards came never decides.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from evergrow.customers.criteria.errors import CostError, CriteriaError
from evergrow.health import card as cards
from evergrow.health.asking import Day, who
from evergrow.health.card import Card
from evergrow.health.models import ScorecardVersion, VersionState
from evergrow.health.snapshots import Snapshots
from evergrow.workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class Judge:
    """A version with its card."""

    version: ScorecardVersion
    card: Card

    @property
    def is_default(self) -> bool:
        return self.version.scorecard.is_default


def published(workspace: Workspace) -> list[Judge]:
    """The cards that judge accounts now, in the order in which they claim them; the default one last."""
    rows = ScorecardVersion.objects.select_related("scorecard").filter(
        scorecard__workspace=workspace,
        scorecard__archived_at=None,
        scorecard__product=None,
        state=VersionState.PUBLISHED,
    )
    judges = [Judge(version, cards.read(version.definition)) for version in rows]
    return sorted(judges, key=lambda judge: (judge.is_default, judge.card.priority, judge.version.pk))


class Asker:
    """Who meets criteria on a day; each criteria is asked once. What cannot be answered is met by nobody."""

    def __init__(self, day: Day) -> None:
        self.day, self.known = day, dict[str, np.ndarray]()

    def __call__(self, data: Mapping[str, Any]) -> np.ndarray:
        key = json.dumps(data, sort_keys=True)
        if key not in self.known:
            try:
                self.known[key] = who(self.day, data)
            except (CriteriaError, CostError):
                self.known[key] = np.empty(0, np.uint32)
        return self.known[key]


def assign(judges: Sequence[Judge], accounts: np.ndarray, ask: Asker, stored: Sequence[Snapshots] = ()) -> np.ndarray:
    """The version's key for each account. An account with a snapshot in ``stored`` keeps the version of that."""
    found = np.zeros(len(accounts), dtype=np.int64)
    for old in stored:
        found[np.isin(accounts, old.account)] = old.version
    for judge in judges:
        is_free = found == 0
        if not judge.is_default and is_free.any():
            is_free &= np.isin(accounts, ask(judge.card.criteria or {}))
        found[is_free] = judge.version.pk
    return found


def conflict(one: Card, others: Sequence[Judge]) -> Judge | None:
    """The first published card of the same priority that may claim an account which this one claims too."""
    for other in others:
        is_equal = not other.is_default and other.card.priority == one.priority
        if is_equal and not are_apart(one.criteria or {}, other.card.criteria or {}):
            return other
    return None


def are_apart(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether no account can ever meet both, as far as it can be seen: the same trait is to be of other values."""
    mine, theirs = _must_be(one), _must_be(other)
    return any(trait in theirs and not values & theirs[trait] for trait, values in mine.items())


def _must_be(data: Mapping[str, Any]) -> dict[str, set[str]]:
    """The values that a trait has to have for criteria to be met, where they say so outright."""
    parts = data["all"] if isinstance(data.get("all"), list) else [data]
    found: dict[str, set[str]] = {}
    for part in parts:
        if set(part) == {"trait", "is"}:
            values = {str(value) for value in part["is"]} if isinstance(part["is"], list) else {str(part["is"])}
            found[part["trait"]] = found.get(part["trait"], values) & values
    return found
