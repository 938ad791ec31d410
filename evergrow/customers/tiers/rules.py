"""Who matches the rules of a scheme, asked of the criteria, for all accounts of a workspace at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from evergrow.customers import criteria
from evergrow.customers.tiers.hysteresis import allowed
from evergrow.customers.tiers.scheme import BadScheme, Scheme
from evergrow.customers.tiers.unknown import maybe
from evergrow.workspaces.models import Workspace


@dataclass(frozen=True)
class Answers:
    """The numbers of the accounts for which each tier's rule holds, and may hold, on the day it was asked."""

    scheme: Scheme
    holds: Mapping[str, frozenset[int]] = field(default_factory=dict)
    may_hold: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def firm(self, number: int) -> str:
        """The first tier from the top whose rule holds for an account."""
        for tier in self.scheme.tiers:
            if number in self.holds.get(tier.key, ()):
                return tier.key
        return self.scheme.rest.key

    def possible(self, number: int) -> list[str]:
        """The tiers whose rule holds for an account or cannot be decided."""
        return [tier.key for tier in self.scheme.tiers if number in self.may_hold.get(tier.key, ())]

    def ruled(self, number: int, current: str) -> str:
        """The tier the rule names for an account that stands in ``current``; missing data makes nobody fall."""
        return allowed(self.scheme, current, self.firm(number), self.possible(number))

    def held_by(self, number: int, current: str) -> list[str]:
        """The tiers that only missing data keeps the account from being judged by."""
        firm, named = self.firm(number), self.ruled(number, current)
        return [] if firm == named else [named]


def ask(workspace: Workspace, scheme: Scheme) -> Answers:
    """Ask every rule of the scheme now. Raises BadScheme for criteria that cannot be used, StoreUnavailable."""
    holds: dict[str, frozenset[int]] = {}
    may_hold: dict[str, frozenset[int]] = {}
    for tier in scheme.tiers:
        if tier.criteria is not None:
            holds[tier.key] = find(workspace, tier.criteria)
            may_hold[tier.key] = holds[tier.key] | find(workspace, maybe(tier.criteria))
    return Answers(scheme, holds, may_hold)


def find(workspace: Workspace, given: Mapping[str, Any]) -> frozenset[int]:
    """The numbers of the accounts that criteria describe."""
    parsed = criteria.parse(dict(given), "account", workspace)
    return frozenset(criteria.find(workspace, parsed).tolist())


def check(workspace: Workspace, scheme: Scheme) -> None:
    """Raise BadScheme where a rule cannot be used in this workspace."""
    for tier in scheme.tiers:
        if tier.criteria is None:
            continue
        try:
            criteria.parse(dict(tier.criteria), "account", workspace)
        except criteria.CriteriaError as error:
            raise BadScheme(f"{tier.name}: {error}") from error
