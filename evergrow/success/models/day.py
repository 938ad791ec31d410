from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from evergrow.lib import clock
from evergrow.workspaces.models import Member, Workspace


class DayMark(models.Model):
    """What a member did to one item of their own list: pinned it, put it off, passed over it today.

    ``key`` names the item (``"task:12"``, ``"renewal:7"``), ``name`` is what it was called then. Tasks and signals that
    are put off have their own snooze; other items wait here until ``postponed_until``.
    """

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="day_marks")
    key = models.CharField(max_length=60)
    name = models.CharField(max_length=200, blank=True)
    pinned_at = models.DateTimeField(null=True, blank=True)
    postponed_until = models.DateField(null=True, blank=True)
    skipped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "key"], name="one_mark_per_item")]

    def __str__(self) -> str:
        return self.name or self.key


class CalendarFeed(models.Model):
    """The secret address under which a member's calendar program reads their work; kept as a hash, shown once."""

    member = models.OneToOneField(Member, on_delete=models.CASCADE, related_name="calendar_feed")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=clock.now)
    last_read_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.member)


class WorkRule(models.Model):
    """How a workspace counts work: points of a task by its kind, times a factor by the account's tier.

    ``points`` is ``{kind: points}``, ``factors`` ``{tier: factor}``; what is missing has the default of
    ``success.day.points``. ``capacity`` is what a member can do in a working day, in points.
    """

    workspace = models.OneToOneField(Workspace, on_delete=models.CASCADE, related_name="work_rule")
    points = models.JSONField(default=dict)
    factors = models.JSONField(default=dict)
    capacity = models.DecimalField(_("points a working day"), max_digits=5, decimal_places=1, default=Decimal(12))
    changed_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return str(self.workspace)

    def facts(self) -> dict[str, Any]:
        """What was set, for the audit trail."""
        return {"points": self.points, "factors": self.factors, "capacity": str(self.capacity)}


class Capacity(models.Model):
    """What one member can do in a working day, in points, where it differs from the workspace's."""

    member = models.OneToOneField(Member, on_delete=models.CASCADE, related_name="work_capacity")
    points = models.DecimalField(_("points a working day"), max_digits=5, decimal_places=1)

    def __str__(self) -> str:
        return f"{self.member}: {self.points}"
