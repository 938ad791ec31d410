"""How much work something is, in points: by the kind of the task, times a factor by the account's tier."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from evergrow.success.models import StepKind, WorkRule
from evergrow.workspaces import prepared
from evergrow.workspaces.models import Member, Workspace

# A point is about half an hour: a call or a mail with its preparation. A meeting takes the half day around it.
BY_KIND: dict[str, float] = {
    StepKind.TASK: 2,
    StepKind.CALL: 1,
    StepKind.MEETING: 4,
    StepKind.MESSAGE: 1,
    StepKind.APPROVAL: 1,
    StepKind.WAIT: 0,
}
PER_DAY = 12.0
OTHER = 1.0
MOST_POINTS, MOST_FACTOR, MOST_CAPACITY = 100, 10, 200


@dataclass(frozen=True, slots=True)
class Rule:
    """The points of a workspace: by kind, the factor by tier, and what a member does in a working day."""

    points: Mapping[str, float]
    factors: Mapping[str, float]
    capacity: float

    def of(self, kind: str, tier: str = "") -> float:
        """The points of one task of this kind for an account of this tier."""
        return self.points.get(kind, OTHER) * self.factors.get(tier, 1.0)


def rule(workspace: Workspace) -> Rule:
    """The rule in force; defaults where nothing was set."""
    found = _rule(workspace)
    if found is None:
        return Rule(BY_KIND, {}, PER_DAY)
    points = {**BY_KIND, **{key: float(value) for key, value in found.points.items()}}
    return Rule(points, {key: float(value) for key, value in found.factors.items()}, float(found.capacity))


@prepared.first
def _rule(workspace: Workspace) -> QuerySet[WorkRule]:
    return WorkRule.objects.filter(workspace=workspace).order_by("pk")


@prepared.rows
def _capacities(workspace: Workspace) -> QuerySet[Member, tuple[int, Decimal | None]]:
    return Member.objects.filter(workspace=workspace, left_at=None).values_list("pk", "work_capacity__points")


def capacities(workspace: Workspace, known: Rule) -> dict[int, float]:
    """Points a working day of every present member, by id."""
    return {pk: known.capacity if own is None else float(own) for pk, own in _capacities(workspace)}


def as_decimal(value: float) -> Decimal:
    """A number of points as it is stored, with one place after the point."""
    return Decimal(str(value)).quantize(Decimal("0.1"))
