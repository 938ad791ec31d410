from datetime import date

from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from evergrow.customers.models import Account, Person, Product, Subscription
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
    RISK_REVIEW = "risk_review", _("Review of a risk overdue")
    CUSTOM = "rule", _("By a rule of ours")


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
    SignalKind.RISK_REVIEW: "calendar-exclamation",
    SignalKind.CUSTOM: "bell",
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

    It is about an ``account`` (perhaps one ``person`` or one ``subscription`` of it), about a ``source`` of events (a
    write key), a ``product``, or a ``risk`` of the register that hangs on no account.
    ``evidence`` is a list of two-language sentences with their numbers, newest evaluation only. ``clear_count``:
    on how many evaluations in a row the condition no longer held. ``rule_version`` is the rule that raised it; ``rule``
    and ``edition`` say which of the workspace's own, or how a built-in one was tuned (0: as delivered).
    Put off, it returns on ``snoozed_until``, or once its account meets the criteria ``snoozed_for``.
    ``waiting_since``: since when it wants a decision again, after it was opened again or came back; None: since it was
    first seen. ``escalation`` is how many rungs of the ladder it has climbed.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="signals")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, blank=True, related_name="signals")
    source = models.ForeignKey(Key, on_delete=models.CASCADE, null=True, blank=True, related_name="signals")
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="signals")
    subscription = models.ForeignKey(
        Subscription, on_delete=models.SET_NULL, null=True, blank=True, related_name="signals"
    )
    product = models.ForeignKey(Product, on_delete=models.CASCADE, null=True, blank=True, related_name="signals")
    risk = models.ForeignKey("success.Risk", on_delete=models.CASCADE, null=True, blank=True, related_name="signals")
    kind = models.CharField(_("kind"), max_length=20, choices=SignalKind.choices)
    rule = models.ForeignKey(
        "success.SignalRule", on_delete=models.SET_NULL, null=True, blank=True, related_name="signals"
    )
    edition = models.PositiveIntegerField(default=0)
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
    snoozed_for = models.JSONField(null=True, blank=True)
    waiting_since = models.DateTimeField(null=True, blank=True)
    escalation = models.PositiveSmallIntegerField(default=0)
    escalated_to = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    escalated_at = models.DateTimeField(null=True, blank=True)
    reopened = models.PositiveSmallIntegerField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True)
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
                | models.Q(account__isnull=True, source__isnull=False)
                | models.Q(account__isnull=True, source__isnull=True, product__isnull=False)
                | models.Q(account__isnull=True, source__isnull=True, risk__isnull=False),
                name="signal_about_one",
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "state", "-severity"], name="signals_to_triage"),
            models.Index(fields=["account", "state"], name="signals_by_account"),
            models.Index(fields=["workspace", "rule", "state"], name="signals_by_rule"),
        ]

    def __str__(self) -> str:
        return bilingual.pick(self.reason, get_language() or "en")

    @property
    def icon(self) -> str:
        return SIGNAL_ICONS[SignalKind(self.kind)]

    @property
    def about(self) -> str:
        """The name of the customer, in the reader's language, or of the source, the product, the risk."""
        language = get_language() or "en"
        if self.account is not None:
            return self.account.called(language)
        if self.product is not None:
            return self.product.called(language)
        return self.source.name if self.source is not None else str(self.risk or "")

    @property
    def title_of_rule(self) -> str:
        """What raised it: the name of the workspace's own rule, else the kind."""
        if self.kind == SignalKind.CUSTOM and self.rule is not None:
            return str(self.rule)
        return str(self.get_kind_display())

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_SIGNALS

    def age_days(self, today: date) -> int:
        """Days since it was first seen, by the workspace's own zone."""
        return (today - self.first_seen_at.astimezone(self.workspace.tz).date()).days
