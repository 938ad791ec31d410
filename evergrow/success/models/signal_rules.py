"""Rules of the workspace that raise signals, how built-in ones are tuned, and what is remembered of their work."""

from typing import Any

from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from evergrow.customers.models import Account, Person
from evergrow.lib import bilingual, clock
from evergrow.success.models.playbooks import VersionState
from evergrow.success.models.signals import Signal
from evergrow.workspaces.models import Member, Workspace


class Held(models.TextChoices):
    """Why a rule was held back."""

    DAY = "day", _("more than it may raise a day")
    TEAM = "team", _("more than the team can take")
    OPEN = "open", _("more than may be open at once")


class SignalRule(models.Model):
    """A rule over all its versions. One with ``built_in`` (a kind of signal) tunes the rule that comes with Evergrow.

    ``held_on``: on that day it found ``held_count`` new matters, more than allowed (``held_why``), and raised none of
    them. ``released_on``: a manager let it raise them all the same, for that day. ``problem`` says why the latest
    evaluation failed.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="signal_rules")
    key = models.SlugField(max_length=50)
    name = models.JSONField(_("name"), default=dict)
    built_in = models.CharField(max_length=20, blank=True)
    is_on = models.BooleanField(default=True)
    retired_at = models.DateTimeField(null=True, blank=True)
    held_on = models.DateField(null=True, blank=True)
    held_count = models.PositiveIntegerField(default=0)
    held_why = models.CharField(max_length=4, choices=Held.choices, blank=True)
    released_on = models.DateField(null=True, blank=True)
    evaluated_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=400, blank=True)
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="signal_rule_key")]

    def __str__(self) -> str:
        return bilingual.pick(self.name, get_language() or "en")


class SignalRuleVersion(models.Model):
    """One edition of a rule; a published one never changes. ``definition``: see ``success.signals.definition``.

    For a built-in rule it holds the numbers that differ from the delivered ones.
    """

    rule = models.ForeignKey(SignalRule, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=VersionState.choices, default=VersionState.DRAFT)
    definition = models.JSONField(default=dict)
    note = models.CharField(_("what changed"), max_length=300, blank=True)
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    edited_at = models.DateTimeField(default=clock.now)
    published_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "number"], name="signal_rule_version_number"),
            models.UniqueConstraint(
                fields=["rule"], condition=models.Q(state="published"), name="one_published_signal_rule"
            ),
            models.UniqueConstraint(
                fields=["rule"], condition=models.Q(state="draft"), name="one_draft_of_signal_rule"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} v{self.number}"


def default_ladder() -> list[dict[str, Any]]:
    """High severity: to the manager after two working days, again after five."""
    return [
        {"severity": 3, "tiers": [], "after": 2, "to": "manager", "member": None},
        {"severity": 3, "tiers": [], "after": 5, "to": "manager", "member": None},
    ]


class SignalSettings(models.Model):
    """What holds for all signals of a workspace. Days of archiving: 0 leaves it off.

    ``ladder``: rungs ``{severity, tiers, after, to, member}`` in order; see ``success.signals.escalation``.
    """

    workspace = models.OneToOneField(Workspace, on_delete=models.CASCADE, related_name="signal_settings")
    most_open = models.PositiveIntegerField(_("signals open at once, at most"), default=10_000)
    warn_percent = models.PositiveSmallIntegerField(_("warn from this share of the limit"), default=80)
    most_a_day = models.PositiveIntegerField(_("new signals of a rule a day, at most"), default=1_000)
    per_member_a_day = models.PositiveIntegerField(_("new signals of a rule a day and colleague, at most"), default=100)
    ladder = models.JSONField(default=default_ladder)
    archive_closed_days = models.PositiveIntegerField(_("archive closed signals after days"), default=180)
    archive_untouched_days = models.PositiveIntegerField(_("archive signals nobody touched after days"), default=0)

    def __str__(self) -> str:
        return f"signals of {self.workspace}"


class WatchedValue(models.Model):
    """What a watched trait of an account or a person was from ``day`` on; a row only where it changed."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="+")
    trait = models.CharField(max_length=200)
    day = models.DateField()
    text = models.CharField(max_length=400, blank=True)
    number = models.FloatField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["trait", "account", "day"], name="account_trait_of_a_day"),
            models.UniqueConstraint(fields=["trait", "person", "day"], name="person_trait_of_a_day"),
        ]
        indexes = [models.Index(fields=["workspace", "trait", "day"], name="watched_by_trait")]

    def __str__(self) -> str:
        return f"{self.trait} {self.text}"


class SignalBatch(models.Model):
    """One act on many signals, which can be taken back: its moves hold what was before."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    act = models.CharField(max_length=16)
    by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    count = models.PositiveIntegerField(default=0)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.act} {self.count}"


class SignalAct(models.TextChoices):
    """What happened to a signal, for its history."""

    TAKEN = "taken", pgettext_lazy("history of a signal", "Taken")
    WORK_BEGUN = "work_begun", pgettext_lazy("history of a signal", "Work begun")
    SNOOZED = "snoozed", pgettext_lazy("history of a signal", "Put off")
    RETURNED = "returned", pgettext_lazy("history of a signal", "Came back")
    ESCALATED = "escalated", pgettext_lazy("history of a signal", "Escalated")
    RESOLVED = "resolved", pgettext_lazy("history of a signal", "Resolved")
    FALSE_POSITIVE = "false_positive", pgettext_lazy("history of a signal", "False positive")
    REOPENED = "reopened", pgettext_lazy("history of a signal", "Opened again")
    EXPIRED = "expired", pgettext_lazy("history of a signal", "Passed by itself")
    ARCHIVED = "archived", pgettext_lazy("history of a signal", "Archived")
    UNDONE = "undone", pgettext_lazy("history of a signal", "Taken back")


class SignalMove(models.Model):
    """One thing that happened to a signal. ``before`` and ``after``: the fields that it changed, as JSON."""

    signal = models.ForeignKey(Signal, on_delete=models.CASCADE, related_name="moves")
    act = models.CharField(max_length=16, choices=SignalAct.choices)
    by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    batch = models.ForeignKey(SignalBatch, on_delete=models.SET_NULL, null=True, related_name="moves")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["signal", "at"], name="moves_of_a_signal")]

    def __str__(self) -> str:
        return f"{self.act} {self.signal_id}"
