"""How a workspace counts work, changed by its managers."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from evergrow.lib import clock
from evergrow.success import errors
from evergrow.success.day.points import BY_KIND, MOST_CAPACITY, MOST_FACTOR, MOST_POINTS, as_decimal
from evergrow.success.models import Capacity, WorkRule
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member, Workspace


class PointsOutOfRange(errors.Refused):
    sentence = _("%(value)s is not a number from 0 to %(most)s. Write it like 2 or 1.5.")


@transaction.atomic
def set_rule(
    *,
    workspace: Workspace,
    points: Mapping[str, float],
    factors: Mapping[str, float],
    capacity: float,
    by: Member | None,
) -> WorkRule:
    """Points by kind of task, factors by tier, points that a member does in a working day. Raises PointsOutOfRange."""
    require(by, "manage")
    kept = {kind: _within(value, MOST_POINTS) for kind, value in points.items() if kind in BY_KIND}
    times = {tier: value for tier, factor in factors.items() if (value := _within(factor, MOST_FACTOR)) != 1}
    facts = {
        "points": kept,
        "factors": times,
        "capacity": as_decimal(_within(capacity, MOST_CAPACITY)),
        "changed_at": clock.now(),
    }
    rule, _made = WorkRule.objects.update_or_create(workspace=workspace, defaults=facts)
    audit.record(workspace, "work.rule_changed", rule, by=by, data=rule.facts())
    return rule


@transaction.atomic
def set_capacity(*, member: Member, points: float | None, by: Member | None) -> None:
    """What a member does in a working day, in points; None gives them the workspace's. Raises PointsOutOfRange."""
    require(by, "manage")
    if points is None:
        Capacity.objects.filter(member=member).delete()
    else:
        most = as_decimal(_within(points, MOST_CAPACITY))
        Capacity.objects.update_or_create(member=member, defaults={"points": most})
    audit.record(member.workspace, "work.capacity_changed", member, by=by, data={"capacity": points})


def _within(value: float, most: float) -> float:
    if not 0 <= value <= most:  # a value that is no number compares with nothing
        raise PointsOutOfRange(value=value, most=most)
    return round(float(value), 2)
