"""Overrides. What was asked never changes; decisions and the end are added to it."""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evergrow.customers.models import Account
from evergrow.lib import clock
from evergrow.workspaces.models import Member, Workspace


class OverrideMode(models.TextChoices):
    """``hold``: until the last day. ``yield``: until the score beneath it moved, whichever comes first."""

    HOLD = "hold", _("Hold until the last day")
    YIELD = "yield", _("Give way to newer data")


class OverrideState(models.TextChoices):
    ASKED = "asked", pgettext_lazy("override", "Waits for approval")
    APPROVED = "approved", pgettext_lazy("override", "In force")
    REFUSED = "refused", pgettext_lazy("override", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("override", "Withdrawn")
    ENDED = "ended", pgettext_lazy("override", "Ended")


class EndReason(models.TextChoices):
    EXPIRED = "expired", pgettext_lazy("override ended", "its last day is over")
    YIELDED = "yielded", pgettext_lazy("override ended", "newer data moved the score beneath it")
    LIFTED = "lifted", pgettext_lazy("override ended", "a colleague lifted it")
    REPLACED = "replaced", pgettext_lazy("override ended", "another override took its place")


class Override(models.Model):
    """A score that counts instead of the computed one: of the account (``target`` ""), or of one group (its key).

    ``starts_on``: the first day it counts, set by the approval; ``until``: the last one; ``ended_on``: the first day it
    did not count any more. ``baseline`` is the computed score beneath it at the first computation that saw it.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="health_overrides")
    target = models.CharField(max_length=60, blank=True)
    value = models.FloatField(_("score"))
    reason = models.CharField(_("reason"), max_length=500)
    mode = models.CharField(_("mode"), max_length=5, choices=OverrideMode.choices, default=OverrideMode.HOLD)
    until = models.DateField(_("last day"))
    state = models.CharField(max_length=9, choices=OverrideState.choices, default=OverrideState.ASKED)
    asked_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(_("answer"), max_length=500, blank=True)
    starts_on = models.DateField(null=True)
    baseline = models.FloatField(null=True)
    ended_on = models.DateField(null=True)
    end_reason = models.CharField(max_length=8, choices=EndReason.choices, blank=True)
    ended_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        app_label = "health"
        constraints = [
            models.UniqueConstraint(
                fields=["account", "target"], condition=models.Q(state="approved"), name="one_override_in_force"
            ),
            models.UniqueConstraint(
                fields=["account", "target"], condition=models.Q(state="asked"), name="one_override_asked"
            ),
            models.CheckConstraint(
                condition=models.Q(value__gte=0) & models.Q(value__lte=100), name="override_within_the_scale"
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="override_has_a_reason"),
        ]
        indexes = [models.Index(fields=["workspace", "state"], name="overrides_by_state")]

    def __str__(self) -> str:
        return f"{self.account} {self.value:g}"

    def counts_on(self, day: date) -> bool:
        """Whether it is in force on a day, past or present."""
        if self.starts_on is None or not self.starts_on <= day <= self.until:
            return False
        return self.ended_on is None or day < self.ended_on
