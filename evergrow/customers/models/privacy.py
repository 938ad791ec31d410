"""Rights of people, and how their data is protected: requests, erased ids, retention, masking, the register."""

from datetime import date

from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from evergrow.customers.models.people import Person
from evergrow.lib import bilingual, clock
from evergrow.workspaces.models import Job, Member, Workspace


class Law(models.TextChoices):
    GDPR = "gdpr", _("GDPR (EU, UK)")
    PIPL = "pipl", _("PIPL (China)")


class PrivacySettings(models.Model):
    """How this workspace handles the rights of people."""

    workspace = models.OneToOneField(Workspace, on_delete=models.CASCADE, related_name="privacy")
    law = models.CharField(_("law that usually applies"), max_length=4, choices=Law.choices, default=Law.PIPL)
    gdpr_days = models.PositiveSmallIntegerField(_("days to answer under GDPR"), default=30)
    pipl_days = models.PositiveSmallIntegerField(_("working days to answer under PIPL"), default=15)
    two_people = models.BooleanField(_("erasing needs a second administrator"), default=False)
    controller = models.CharField(_("responsible organisation"), max_length=200, blank=True)
    officer = models.CharField(_("data protection officer"), max_length=200, blank=True)
    unmask_minutes = models.PositiveSmallIntegerField(_("minutes a field stays shown"), default=30)

    def __str__(self) -> str:
        return str(_("Privacy settings"))


class RequestKind(models.TextChoices):
    ACCESS = "access", pgettext_lazy("privacy request", "Copy of the data")
    ERASE = "erase", pgettext_lazy("privacy request", "Erasure")
    CORRECT = "correct", pgettext_lazy("privacy request", "Correction")
    OBJECT = "object", pgettext_lazy("privacy request", "Objection")


class RequestState(models.TextChoices):
    REQUESTED = "requested", pgettext_lazy("privacy request", "Requested")
    VERIFIED = "verified", pgettext_lazy("privacy request", "Verified")
    RUNNING = "running", pgettext_lazy("privacy request", "Running")
    DONE = "done", pgettext_lazy("privacy request", "Done")
    REFUSED = "refused", pgettext_lazy("privacy request", "Refused")


OPEN_REQUESTS = [RequestState.REQUESTED, RequestState.VERIFIED, RequestState.RUNNING]


class PrivacyRequest(models.Model):
    """What a person asked for, and what became of it.

    ``subject`` is what an erasure needs to go on after a crash (ids, words to look for, days touched); it is emptied
    when the erasure is done. ``numbers`` are kept for the sweep that follows. ``receipt`` holds no personal data;
    ``receipt_hash`` is the SHA-256 of its canonical JSON.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="privacy_requests")
    kind = models.CharField(_("kind"), max_length=8, choices=RequestKind.choices)
    law = models.CharField(_("law"), max_length=4, choices=Law.choices)
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="privacy_requests")
    state = models.CharField(max_length=10, choices=RequestState.choices, default=RequestState.REQUESTED)
    received_on = models.DateField(_("received"))
    due_on = models.DateField(_("due"))
    how = models.CharField(_("how it was asked"), max_length=120, blank=True)
    requested_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    requested_at = models.DateTimeField(default=clock.now)
    verified_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    verified_at = models.DateTimeField(null=True)
    verified_how = models.CharField(_("how identity was verified"), max_length=200, blank=True)
    approved_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")
    subject = models.JSONField(default=dict)
    numbers = models.JSONField(default=list)
    receipt = models.JSONField(default=dict)
    receipt_hash = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [models.Index(fields=["workspace", "state", "due_on"], name="privacy_requests_by_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind"],
                condition=models.Q(state__in=["requested", "verified", "running"], person__isnull=False),
                name="one_open_privacy_request",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} #{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_REQUESTS

    def days_left(self, today: date) -> int:
        """Days until it must be answered, negative when it is late."""
        return (self.due_on - today).days


class ErasedId(models.Model):
    """The keyed hash of an id whose person was erased: what comes with it later is refused."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    request = models.ForeignKey(PrivacyRequest, on_delete=models.SET_NULL, null=True, related_name="erased_ids")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "digest"], name="erased_id_once")]

    def __str__(self) -> str:
        return self.digest[:12]


class Kept(models.TextChoices):
    """What retention is about."""

    EVENTS = "events", _("Events")
    REJECTS = "rejects", _("Refused messages")
    AUDIT = "audit", _("Details of the audit trail")


class RetentionRule(models.Model):
    """How long something is kept. For events the first rule whose ``pattern`` (``*`` any letters) fits counts.

    ``rebuild_counts``: daily counts go with the events; otherwise they stay, and only the events themselves go.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="retention_rules")
    about = models.CharField(_("what"), max_length=8, choices=Kept.choices, default=Kept.EVENTS)
    pattern = models.CharField(_("events named"), max_length=200, default="*")
    days = models.PositiveIntegerField(_("days kept"))
    rebuild_counts = models.BooleanField(_("daily counts go as well"), default=False)
    position = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    last_run_at = models.DateTimeField(null=True)
    last_count = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "about", "pattern"], name="retention_rule_once")]

    def __str__(self) -> str:
        return f"{self.get_about_display()} {self.pattern} {self.days}"


class MaskRule(models.Model):
    """Which roles see a personal field in clear; without a rule everyone does."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="mask_rules")
    field = models.CharField(_("field"), max_length=120)
    roles = models.JSONField(_("roles that see it"), default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "field"], name="mask_rule_once")]

    def __str__(self) -> str:
        return self.field


class Unmasking(models.Model):
    """A member asked to see a person's fields in clear, why, and until when."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(_("reason"), max_length=300)
    at = models.DateTimeField(default=clock.now)
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["member", "until"], name="unmaskings_by_member")]

    def __str__(self) -> str:
        return self.reason


class ProcessingActivity(models.Model):
    """An entry of the register of processing (GDPR Art. 30, PIPL Art. 55–56). ``key`` names one that was suggested."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="processing")
    key = models.CharField(max_length=80, blank=True)
    name = models.JSONField(_("activity"), default=dict)
    purpose = models.TextField(_("purpose"))
    basis = models.CharField(_("legal basis"), max_length=10, blank=True)
    people = models.TextField(_("whose data"), blank=True)
    data = models.TextField(_("which data"), blank=True)
    recipients = models.TextField(_("who receives it"), blank=True)
    retention = models.TextField(_("how long it is kept"), blank=True)
    abroad = models.TextField(_("transfer abroad"), blank=True)
    measures = models.TextField(_("security measures"), blank=True)
    review_on = models.DateField(_("next review"), null=True, blank=True)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "key"], condition=~models.Q(key=""), name="processing_activity_key"
            )
        ]

    def __str__(self) -> str:
        return bilingual.pick(self.name, get_language() or "en")
