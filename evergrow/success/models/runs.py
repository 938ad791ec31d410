from django.db import models
from django.utils.translation import pgettext_lazy

from evergrow.customers.models import Account
from evergrow.lib import clock
from evergrow.success.models.playbooks import Playbook, PlaybookVersion
from evergrow.success.models.signals import Signal
from evergrow.workspaces.models import Member, Workspace


class RunState(models.TextChoices):
    ACTIVE = "active", pgettext_lazy("run", "Active")
    PAUSED = "paused", pgettext_lazy("run", "Paused")
    COMPLETED = "completed", pgettext_lazy("run", "Completed")
    CANCELLED = "cancelled", pgettext_lazy("run", "Cancelled")


OPEN_RUN_STATES = [RunState.ACTIVE, RunState.PAUSED]


class Run(models.Model):
    """A playbook at work for an account, on the version it began with.

    ``owner`` is the accountable colleague at the start. ``paused_days`` moves what is due from the start.
    ``anchor_is_fixed``: a person set the anchor date, so it no longer follows the account's.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="runs")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="runs")
    playbook = models.ForeignKey(Playbook, on_delete=models.CASCADE, related_name="runs")
    version = models.ForeignKey(PlaybookVersion, on_delete=models.RESTRICT, related_name="runs")
    signal = models.ForeignKey(Signal, on_delete=models.SET_NULL, null=True, related_name="runs")
    state = models.CharField(max_length=10, choices=RunState.choices, default=RunState.ACTIVE)
    owner = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    started_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    started_at = models.DateTimeField(default=clock.now)
    starts_on = models.DateField()
    anchor_on = models.DateField(null=True, blank=True)
    anchor_is_fixed = models.BooleanField(default=False)
    paused_on = models.DateField(null=True, blank=True)
    paused_days = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "playbook"],
                condition=models.Q(state__in=["active", "paused"]),
                name="one_open_run_per_playbook",
            )
        ]
        indexes = [models.Index(fields=["workspace", "state"], name="runs_by_state")]

    def __str__(self) -> str:
        return f"{self.playbook} · {self.account}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_RUN_STATES


class Declined(models.Model):
    """Somebody said “not now” to a suggested playbook; it stays away for a while."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    playbook = models.ForeignKey(Playbook, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    until = models.DateField()
    reason = models.CharField(max_length=300)

    def __str__(self) -> str:
        return self.reason
