"""Health by success manager, tier or segment."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from django.db.models import QuerySet

from evergrow.customers.models import Account, TeamRole, TeamSeat
from evergrow.customers.segments import chosen
from evergrow.customers.tiers import scheme as schemes
from evergrow.health.card import INSUFFICIENT
from evergrow.health.queries import BANDS
from evergrow.workspaces.models import Member

KINDS = ("csm", "tier", "segment")
MOST_SEGMENTS = 30


@dataclass(slots=True)
class Group:
    """``value`` is what the account list is filtered by; ``name`` "" means that nobody or nothing is set."""

    value: str
    name: str
    bands: dict[str, int] = field(default_factory=lambda: dict.fromkeys(BANDS, 0))
    scores: list[float] = field(default_factory=list)
    mrr: float = 0.0
    at_risk: float = 0.0
    expected: float = 0.0

    @property
    def accounts(self) -> int:
        return sum(self.bands.values())

    @property
    def median(self) -> float | None:
        return median(self.scores) if self.scores else None

    @property
    def shares(self) -> list[tuple[str, int, float]]:
        """Band, accounts, share of the group (0–1)."""
        return [(band, count, count / (self.accounts or 1)) for band, count in self.bands.items()]

    @property
    def bars(self) -> list[tuple[float, float, str]]:
        """Where each band begins and how wide it is in a drawing of width 100."""
        found, x = [], 0.0
        for band, count, share in self.shares:
            if count:
                found.append((round(x, 2), round(share * 100, 2), band))
            x += share * 100
        return found


Fact = tuple[int, int, str | None, float | None, Any]


def groups(member: Member, accounts: QuerySet[Account], kind: str, expected: dict[int, float]) -> list[Group]:
    """The groups of a kind, largest revenue first; ``expected``: account number → expected yearly loss.

    A segment's accounts may stand in others too, so segments do not add up to the whole.
    Raises ValueError with a sentence where segments cannot be read now.
    """
    rows: Iterable[Fact] = accounts.order_by().values_list(
        "pk", "number", "health_state__band", "health_state__score", "mrr"
    )
    facts = list(rows)
    found: dict[str, Group] = {}
    members = {"csm": _managers, "tier": _tiers, "segment": _segments}[kind]
    for value, name, keys in members(member, accounts):
        group = found[value] = Group(value, name)
        for fact in facts:
            if fact[0] in keys:
                _count(group, fact, expected)
    return sorted((g for g in found.values() if g.accounts), key=lambda g: (-g.mrr, g.name))


def _count(group: Group, fact: Fact, expected: dict[int, float]) -> None:
    _, number, band, score, mrr = fact
    band = band or INSUFFICIENT
    group.bands[band] += 1
    group.mrr += float(mrr)
    group.at_risk += float(mrr) if band == "risk" else 0.0
    group.expected += expected.get(number, 0.0)
    if band != INSUFFICIENT and score is not None:
        group.scores.append(score)


Members = Callable[[Member, QuerySet[Account]], list[tuple[str, str, set[int]]]]


def _managers(member: Member, accounts: QuerySet[Account]) -> list[tuple[str, str, set[int]]]:
    seats = TeamSeat.objects.filter(role=TeamRole.CSM, ended_on=None, account__in=accounts.order_by().values("pk"))
    by_member: dict[int, set[int]] = defaultdict(set)
    names: dict[int, str] = {}
    for seat in seats.select_related("member__user"):
        by_member[seat.member_id].add(seat.account_id)
        names[seat.member_id] = str(seat.member)
    taken = {pk for keys in by_member.values() for pk in keys}
    alone = set(accounts.order_by().values_list("pk", flat=True)) - taken
    return [*((str(pk), names[pk], keys) for pk, keys in by_member.items()), ("nobody", "", alone)]


def _tiers(member: Member, accounts: QuerySet[Account]) -> list[tuple[str, str, set[int]]]:
    scheme = schemes.of(member.workspace)
    by_tier: dict[str, set[int]] = defaultdict(set)
    for pk, tier in accounts.order_by().values_list("pk", "tier"):
        by_tier[tier].add(pk)
    return [(tier, str(scheme.name(tier)), keys) for tier, keys in by_tier.items()]


def _segments(member: Member, accounts: QuerySet[Account]) -> list[tuple[str, str, set[int]]]:
    within = chosen.condition("account")
    return [
        (key, str(name), set(accounts.filter(within(member, [key])).order_by().values_list("pk", flat=True)))
        for key, name in chosen.choices("account")(member.workspace)[:MOST_SEGMENTS]
    ]
