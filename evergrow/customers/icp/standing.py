"""How accounts fit the profile, where our customers differ from it, and which criteria the data suggests."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from evergrow.customers import access, criteria
from evergrow.customers.icp.profile import Criterion, Profile
from evergrow.customers.models import AccountFit, AccountStatus
from evergrow.customers.portrait import statistics as stats
from evergrow.customers.portrait.comparing import Finding, compare
from evergrow.customers.portrait.statistics import Estimate
from evergrow.lib.shares import wilson
from evergrow.workspaces.models import Member, Workspace

BINS = 10
LEAST = 20
PROSPECTS = (AccountStatus.PROSPECT, AccountStatus.TRIAL, AccountStatus.EXPIRED)
# What follows from staying or leaving cannot tell who will
CONSEQUENCES = {
    "status", "mrr", "seats", "plan", "customer_since", "renews_on", "cancelled_on", "tier", "owner", "health.score",
    "health.band", "icp.fit", "last_seen_at", "created_at",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Meeting:
    """How many of a group meet a criterion, of those for whom it is known."""

    met: int
    n: int

    @property
    def share(self) -> float | None:
        return self.met / self.n if self.n else None

    @property
    def interval(self) -> tuple[float, float]:
        return wilson(self.met, self.n)


@dataclass(frozen=True, slots=True)
class Difference:
    """A criterion over the groups. ``lift`` is active against churned with its interval, ``gap`` their difference."""

    criterion: Criterion
    active: Meeting
    churned: Meeting
    best: Meeting
    prospects: Meeting
    lift: tuple[float, float, float] | None
    gap: Estimate | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Fits of customers and prospects, ``BINS`` equal steps each, and the criteria over the groups."""

    customers: list[int]
    prospects: list[int]
    customer_median: float | None
    prospect_median: float | None
    unknown: int
    computed: int
    differences: list[Difference]


def standing(member: Member, profile: Profile) -> Standing:
    """What the stored fits of the accounts a member may see come to."""
    rows = AccountFit.objects.filter(access.visible(member, "account__"), workspace_id=member.workspace_id)
    found = list(rows.values_list("account__status", "account__mrr", "fit", "met"))
    active = [row for row in found if row[0] == AccountStatus.ACTIVE]
    prospects = [row for row in found if row[0] in PROSPECTS]
    groups = {
        "active": [row[3] for row in active],
        "churned": [row[3] for row in found if row[0] == AccountStatus.CANCELLED],
        "best": [row[3] for row in _top_decile(active)],
        "prospects": [row[3] for row in prospects],
    }
    fits, others = _fits(active), _fits(prospects)
    return Standing(
        customers=_bins(fits),
        prospects=_bins(others),
        customer_median=_median(fits),
        prospect_median=_median(others),
        unknown=sum(row[2] is None for row in found),
        computed=len(found),
        differences=[_difference(part, groups) for part in profile.criteria],
    )


def _top_decile(active: list[Any]) -> list[Any]:
    """The tenth of the customers with the largest MRR, at least one; ties at the edge belong to it."""
    if not active:
        return []
    edge = sorted((row[1] for row in active), reverse=True)[max(0, -(-len(active) // 10) - 1)]
    return [row for row in active if row[1] >= edge and row[1] > Decimal(0)]


def _fits(rows: Iterable[Any]) -> list[float]:
    return sorted(row[2] for row in rows if row[2] is not None)


def _bins(fits: list[float]) -> list[int]:
    counts = [0] * BINS
    for fit in fits:
        counts[min(int(fit // (100 / BINS)), BINS - 1)] += 1
    return counts


def _median(fits: list[float]) -> float | None:
    if not fits:
        return None
    middle = len(fits) // 2
    return fits[middle] if len(fits) % 2 else (fits[middle - 1] + fits[middle]) / 2


def _difference(part: Criterion, groups: Mapping[str, list[dict[str, bool | None]]]) -> Difference:
    met = {name: _meeting(rows, part.key) for name, rows in groups.items()}
    active, churned = met["active"], met["churned"]
    enough = active.n >= LEAST and churned.n >= LEAST
    return Difference(
        part,
        **met,
        lift=stats.lift(active.met, active.n, churned.met, churned.n) if enough else None,
        gap=stats.share_difference(active.met, active.n, churned.met, churned.n) if enough else None,
    )


def _meeting(rows: list[dict[str, bool | None]], key: str) -> Meeting:
    known = [row.get(key) for row in rows if row.get(key) is not None]
    return Meeting(sum(map(bool, known)), len(known))


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A trait that separates customers who stayed from those who left, as a condition to take over."""

    finding: Finding
    condition: dict[str, Any]
    is_exclusion: bool


def suggestions(workspace: Workspace, most: int = 8) -> list[Suggestion]:
    """Descriptive traits that stand out between paying and cancelled accounts. Raises StoreUnavailable."""
    stayed = criteria.parse({"all": [{"trait": "status", "is": ["active"]}]}, "account", workspace)
    left = criteria.parse({"all": [{"trait": "status", "is": ["cancelled"]}]}, "account", workspace)
    found = compare(workspace, stayed, left)
    fitting = [
        finding
        for finding in found.outstanding
        if finding.family in ("trait", "channel") and finding.of not in CONSEQUENCES and finding.type in ("", "number")
    ]
    return [_suggestion(finding) for finding in fitting[:most]]


def _suggestion(finding: Finding) -> Suggestion:
    if finding.is_share:
        return Suggestion(finding, {"trait": finding.of, "is": [finding.value]}, not finding.is_more)
    assert finding.medians is not None
    edge = round((finding.medians[0] + finding.medians[1]) / 2, 2)
    test = "at_least" if finding.is_more else "at_most"
    return Suggestion(finding, {"trait": finding.of, test: edge}, is_exclusion=False)
