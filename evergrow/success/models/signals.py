from datetime import date

from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from evergrow.customers.models import Account, Person
from evergrow.lib import bilingual, clock
from evergrow.workspaces.models import Key, Member, Workspace


class SignalKind(models.TextChoices):
    HEALTH_FELL = "health_fell", _("Health fell")
    RENEWAL_NEAR = "renewal_near", _("Renewal at risk")
    NO_CONTACT = "no_contact", _("No contact")
    TICKET = "ticket", _("Support trouble")
    USAGE_QUIET = "usage_quiet", _("Usage gone quiet")
    EXPANSION = "expansion", _("Seats nearly used up")
    SOURCE_QUIET = "source_quiet", _("Source gone quiet")
    SOURCE_SHAPE = "source_shape", _("Events changed shape")
    SOURCE_VOLUME = "source_volume", _("Volume out of the ordinary")
    SOURCE_ERRORS = "source_errors", _("Source fails")


SIGNAL_ICONS = {
    SignalKind.HEALTH_FELL: "trending-down",
    SignalKind.RENEWAL_NEAR: "calendar-due",
    SignalKind.NO_CONTACT: "phone-off",
    SignalKind.TICKET: "ticket",
    SignalKind.USAGE_QUIET: "zzz",
    SignalKind.EXPANSION: "arrows-maximize",
    SignalKind.SOURCE_QUIET: "plug-off",
    SignalKind.SOURCE_SHAPE: "puzzle-off",
    SignalKind.SOURCE_VOLUME: "chart-bar",
    SignalKind.SOURCE_ERRORS: "alert-triangle",
}


class Severity(models.IntegerChoices):
    HIGH = 3, pgettext_lazy("severity", "High")
    MEDIUM = 2, pgettext_lazy("severity", "Medium")
    LOW = 1, pgettext_lazy("severity", "Low")


class SignalState(models.TextChoices):
    NEW = "new", pgettext_lazy("signal", "New")
    ACKNOWLEDGED = "acknowledged", pgettext_lazy("signal", "Taken")
    IN_PROGRESS = "in_progress", pgettext_lazy("signal", "In progress")
    SNOOZED = "snoozed", pgettext_lazy("signal", "Later")
    RESOLVED = "resolved", pgettext_lazy("signal", "Resolved")
    FALSE_POSITIVE = "false_positive", pgettext_lazy("signal", "False positive")
    EXPIRED = "expired", pgettext_lazy("signal", "Passed by itself")


OPEN_SIGNALS = [SignalState.NEW, SignalState.ACKNOWLEDGED, SignalState.IN_PROGRESS, SignalState.SNOOZED]


class Signal(models.Model):
    """Something about a customer or a source that needs a decision. One row while it lasts: a repeat only counts up.

    It is about an ``account`` or about a ``source`` of events (a write key), never both.
    ``evidence`` is a list of two-language sentences with their numbers, newest evaluation only. ``clear_count``:
    on how many evaluations in a row the condition no longer held. ``rule_version`` is the rule that raised it.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="signals")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, blank=True, related_name="signals")
    source = models.ForeignKey(Key, on_delete=models.CASCADE, null=True, blank=True, related_name="signals")
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="signals")
    kind = models.CharField(_("kind"), max_length=20, choices=SignalKind.choices)
    rule_version = models.PositiveSmallIntegerField(default=1)
    dedupe_key = models.CharField(max_length=120)
    severity = models.SmallIntegerField(_("severity"), choices=Severity.choices)
    reason = models.JSONField(_("reason"))
    evidence = models.JSONField(default=list)
    occurrences = models.PositiveIntegerField(default=1)
    clear_count = models.PositiveSmallIntegerField(default=0)
    evaluated_on = models.DateField()
    first_seen_at = models.DateTimeField(default=clock.now)
    last_seen_at = models.DateTimeField(default=clock.now)
    owner = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="signals")
    due_on = models.DateField(_("due"), null=True, blank=True)
    state = models.CharField(max_length=16, choices=SignalState.choices, default=SignalState.NEW)
    snoozed_until = models.DateField(null=True, blank=True)
    was_worked = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    end_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "dedupe_key"],
                condition=models.Q(state__in=["new", "acknowledged", "in_progress", "snoozed"]),
                name="one_open_signal_per_key",
            ),
            models.CheckConstraint(
                condition=models.Q(account__isnull=False, source__isnull=True)
                | models.Q(account__isnull=True, source__isnull=False),
                name="signal_about_one",
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "state", "-severity"], name="signals_to_triage"),
            models.Index(fields=["account", "state"], name="signals_by_account"),
        ]

    def __str__(self) -> str:
        return bilingual.pick(self.reason, get_language() or "en")

    @property
    def icon(self) -> str:
        return SIGNAL_ICONS[SignalKind(self.kind)]

    @property
    def about(self) -> str:
        """The name of the customer, in the reader's language, or of the source."""
        return self.account.called(get_language() or "en") if self.account else str(self.source and self.source.name)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_SIGNALS

    def age_days(self, today: date) -> int:
        """Days since it was first seen, by the workspace's own zone."""
        return (today - self.first_seen_at.astimezone(self.workspace.tz).date()).days
