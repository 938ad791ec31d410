"""A member's absence."""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from evergrow.lib import clock


class Absence(models.Model):
    """``member`` is away from ``starts_on`` to ``ends_on``, both days included, in the workspace's zone. ``delegate``
    gets the new work meanwhile. ``ended_at`` is set once it is over and the work went back, or was called off.
    """

    workspace = models.ForeignKey("workspaces.Workspace", on_delete=models.CASCADE, related_name="absences")
    member = models.ForeignKey("workspaces.Member", on_delete=models.CASCADE, related_name="absences")
    delegate = models.ForeignKey("workspaces.Member", on_delete=models.CASCADE, related_name="stands_in")
    starts_on = models.DateField(_("first day away"))
    ends_on = models.DateField(_("last day away"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    entered_by = models.ForeignKey("workspaces.Member", on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    begun_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_on__gte=models.F("starts_on")), name="absence_has_days"),
            models.CheckConstraint(condition=~models.Q(member=models.F("delegate")), name="absence_by_another"),
        ]
        indexes = [
            models.Index(fields=["workspace", "starts_on"], condition=models.Q(ended_at=None), name="absences_open")
        ]

    def __str__(self) -> str:
        return f"{self.member} {self.starts_on} – {self.ends_on}"

    def is_now(self, today: date) -> bool:
        return self.ended_at is None and self.starts_on <= today <= self.ends_on
