"""What people agreed to: purposes with their texts, and what each person said about them, channel by channel."""

from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from evergrow.customers.models.people import Person
from evergrow.lib import bilingual, clock
from evergrow.workspaces.models import Member, Workspace


class LegalBasis(models.TextChoices):
    """Why personal data may be used: GDPR Art. 6(1) and PIPL Art. 13."""

    CONSENT = "consent", _("Consent (GDPR 6(1)(a), PIPL 13(1))")
    CONTRACT = "contract", _("Contract (GDPR 6(1)(b), PIPL 13(2))")
    DUTY = "duty", _("Legal duty (GDPR 6(1)(c), PIPL 13(3))")
    EMERGENCY = "emergency", _("Vital interests or emergency (GDPR 6(1)(d), PIPL 13(4))")
    PUBLIC = "public", _("Public interest (GDPR 6(1)(e), PIPL 13(5))")
    PUBLISHED = "published", _("Data the person made public (PIPL 13(6))")
    INTEREST = "interest", _("Legitimate interests (GDPR 6(1)(f); not a basis under PIPL)")


class Channel(models.TextChoices):
    EMAIL = "email", _("Email")
    SMS = "sms", _("Text message")
    PUSH = "push", pgettext_lazy("channel", "Push")
    WECHAT = "wechat", _("WeChat")
    PHONE = "phone", _("Phone call")
    IN_APP = "in_app", _("In the product")
    POST = "post", _("Letter")
    WEB = "web", pgettext_lazy("channel", "Web")


class Purpose(models.Model):
    """What personal data is used for. ``version`` is the edition of the text that people are shown today.

    ``valid_days`` is how long a consent holds, empty for until it is withdrawn. Only where ``basis`` is consent does
    ``may_contact`` ask for one; with any other basis silence is enough and an objection (a withdrawal) ends it.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="purposes")
    key = models.SlugField(_("key"), max_length=60)
    name = models.JSONField(_("name"), default=dict)
    basis = models.CharField(_("legal basis"), max_length=10, choices=LegalBasis.choices, default=LegalBasis.CONSENT)
    channels = models.JSONField(_("channels"), default=list)
    valid_days = models.PositiveIntegerField(_("days a consent holds"), null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=clock.now)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="purpose_key")]

    def __str__(self) -> str:
        return bilingual.pick(self.name, get_language() or "en") or self.key

    @property
    def channel_names(self) -> list[str]:
        """What its channels are called in the reader's language."""
        return [str(Channel(each).label) for each in self.channels if each in Channel.values]


class PurposeText(models.Model):
    """An edition of what people are asked to agree to. Never changed: a proof points at it."""

    purpose = models.ForeignKey(Purpose, on_delete=models.CASCADE, related_name="texts")
    version = models.PositiveIntegerField()
    text = models.JSONField(default=dict)
    by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["purpose", "version"], name="purpose_text_version")]

    def __str__(self) -> str:
        return f"{self.purpose} v{self.version}"


class ConsentState(models.TextChoices):
    GRANTED = "granted", pgettext_lazy("consent", "Granted")
    WITHDRAWN = "withdrawn", pgettext_lazy("consent", "Withdrawn")
    EXPIRED = "expired", pgettext_lazy("consent", "Expired")


class ConsentRecord(models.Model):
    """What a person said about a purpose and a channel, with its proof. Only ever added; the newest counts.

    ``source`` is how we learnt it (page, api, import, event), ``method`` how the person said it (form, call, …),
    ``ip`` is kept masked, ``token`` makes a repeated message count once.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="consents")
    purpose = models.ForeignKey(Purpose, on_delete=models.RESTRICT, related_name="records")
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    state = models.CharField(_("state"), max_length=10, choices=ConsentState.choices)
    at = models.DateTimeField(_("when"), default=clock.now)
    source = models.CharField(max_length=10, default="page")
    method = models.CharField(_("how it was said"), max_length=80, blank=True)
    text_version = models.PositiveIntegerField(default=0)
    ip = models.CharField(max_length=60, blank=True)
    url = models.CharField(_("form or page"), max_length=500, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    token = models.CharField(max_length=80, blank=True)
    recorded_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "token"], condition=~models.Q(token=""), name="consent_message_once"
            )
        ]
        indexes = [models.Index(fields=["person", "purpose", "channel", "-at"], name="consents_by_time")]

    def __str__(self) -> str:
        return f"{self.purpose_id} {self.channel} {self.state}"
