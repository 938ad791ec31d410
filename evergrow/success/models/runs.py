from django.db import models
from django.utils.translation import pgettext_lazy

from evergrow.customers.models import Account
from evergrow.lib import clock
from evergrow.success.models.playbooks import Playbook, PlaybookVersion
from evergrow.success.models.signals import Signal
from evergrow.workspaces.models import Member, Workspace


class RunState(models.TextChoices):
    """The ways: scheduled → active ⇄ paused → completed | cancelled | superseded (another run took its place)."""

    SCHEDULED = "scheduled", pgettext_lazy("run", "Scheduled")
    ACTIVE = "active", pgettext_lazy("run", "Active")
    PAUSED = "paused", pgettext_lazy("run", "Paused")
    COMPLETED = "completed", pgettext_lazy("run", "Completed")
    CANCELLED = "cancelled", pgettext_lazy("run", "Cancelled")
    SUPERSEDED = "superseded", pgettext_lazy("run", "Superseded")


OPEN_RUN_STATES = [RunState.SCHEDULED, RunState.ACTIVE, RunState.PAUSED]


class Run(models.Model):
    """A playbook at work for an account, on the version it began with.

    ``owner`` is the accountable colleague at the start. ``paused_days`` moves what is due from the start.
    ``anchor_is_fixed``: a person set the anchor date, so it no longer follows the account's. ``anchors`` are the other
    dates of the account that its steps count from, as last seen: ``{"customer_since": "2026-03-01"}``.
    ``due_on`` is never before the latest open step; ``wanted_on`` is the later day that a person asked for.
    ``parent`` is the step of another run that started this one, ``depth`` how many such lie above it.
    ``trigger``: what of the rules started it, in the words of those who did. ``wakes_at``: the next moment at which
    something happens by itself; whoever works off due moments finds the run by it. ``handed_over`` is what the last
    hand-over changed, so that it can be taken back: ``{"from": 12, "to": 14, "tasks": {"301": 12}}``.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="runs", db_index=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="runs")
    playbook = models.ForeignKey(Playbook, on_delete=models.CASCADE, related_name="runs")
    version = models.ForeignKey(PlaybookVersion, on_delete=models.RESTRICT, related_name="runs")
    signal = models.ForeignKey(Signal, on_delete=models.SET_NULL, null=True, related_name="runs", db_index=False)
    state = models.CharField(max_length=10, choices=RunState.choices, default=RunState.ACTIVE)
    owner = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    started_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    started_at = models.DateTimeField(default=clock.now)
    starts_on = models.DateField()
    anchor_on = models.DateField(null=True, blank=True)
    anchor_is_fixed = models.BooleanField(default=False)
    paused_on = models.DateField(null=True, blank=True)
    paused_days = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=300, blank=True)
    anchors = models.JSONField(default=dict, blank=True)
    due_on = models.DateField(null=True, blank=True)
    wanted_on = models.DateField(null=True, blank=True)
    parent = models.ForeignKey(
        "success.Task", on_delete=models.SET_NULL, null=True, blank=True, related_name="started_runs", db_index=False
    )
    depth = models.PositiveSmallIntegerField(default=0)
    replaced_by = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="replaced", db_index=False
    )
    trigger = models.JSONField(default=dict, blank=True)
    wakes_at = models.DateTimeField(null=True, blank=True)
    handed_over = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "playbook"],
                condition=models.Q(state__in=["scheduled", "active", "paused"]),
                name="one_open_run_per_playbook",
            )
        ]
        indexes = [
            models.Index(fields=["workspace", "state"], name="runs_by_state"),
            models.Index(fields=["wakes_at"], name="runs_to_wake", condition=models.Q(wakes_at__isnull=False)),
            # PostgreSQL writes every index of a row that moves, so that those which few rows need hold only these.
            models.Index(fields=["signal"], name="runs_of_signals", condition=models.Q(signal__isnull=False)),
            models.Index(fields=["parent"], name="runs_of_steps", condition=models.Q(parent__isnull=False)),
            models.Index(fields=["replaced_by"], name="runs_replaced", condition=models.Q(replaced_by__isnull=False)),
        ]

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
