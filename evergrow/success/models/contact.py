"""How often people may be reached: the rules, what was asked, what was refused, who holds a place."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evergrow.customers.models import Account, Person
from evergrow.lib import clock
from evergrow.workspaces.models import Member, Workspace


class ContactChannel(models.TextChoices):
    """The ways in which a person is reached, whoever reaches them: a message, a survey or a colleague."""

    MAIL = "mail", _("Email")
    SMS = "sms", _("Text message")
    WECHAT = "wechat", _("WeChat")
    PUSH = "push", pgettext_lazy("channel", "Push")
    IN_APP = "in_app", _("In the product")
    SURVEY = "survey", _("Survey")
    CALL = "call", _("Phone call")
    MEETING = "meeting", pgettext_lazy("channel", "Meeting")


class ContactPriority(models.IntegerChoices):
    HIGH = 3, pgettext_lazy("priority", "High")
    NORMAL = 2, pgettext_lazy("priority", "Normal")
    LOW = 1, pgettext_lazy("priority", "Low")


class ContactPolicy(models.Model):
    """The contact rules of a workspace. ``version`` grows with each change; what was decided names the one it was by.

    ``limits`` and ``quiet`` are read by ``contact.policy``. ``sending`` are the hours in which a colleague's own sends
    go out, empty for any. Times are on the clock of the workspace's zone.
    """

    class WhenQuiet(models.TextChoices):
        DEFER = "defer", _("wait until the quiet hours end")
        DROP = "drop", _("do not send at all")

    workspace = models.OneToOneField(Workspace, on_delete=models.CASCADE, related_name="contact_policy")
    version = models.PositiveIntegerField(default=1)
    is_on = models.BooleanField(default=True)
    limits = models.JSONField(default=list)
    quiet = models.JSONField(default=list)
    quiet_channels = models.JSONField(default=list)
    when_quiet = models.CharField(max_length=5, choices=WhenQuiet.choices, default=WhenQuiet.DEFER)
    sending = models.JSONField(default=list)
    sending_on_workdays = models.BooleanField(default=True)
    same_hours = models.PositiveIntegerField(default=24)
    changed_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"v{self.version}"


class SendingHours(models.Model):
    """A colleague's own hours, where they differ from the policy's."""

    member = models.OneToOneField(Member, on_delete=models.CASCADE, related_name="sending_hours")
    hours = models.JSONField(default=list)

    def __str__(self) -> str:
        return str(self.member)


class ContactState(models.TextChoices):
    RESERVED = "reserved", pgettext_lazy("contact", "Reserved")
    SENT = "sent", pgettext_lazy("contact", "Sent")
    RELEASED = "released", pgettext_lazy("contact", "Given back")
    WAITING = "waiting", pgettext_lazy("contact", "Waits")
    REFUSED = "refused", pgettext_lazy("contact", "Not sent")


GRANTED = [ContactState.RESERVED, ContactState.SENT]


class ContactReason(models.TextChoices):
    LIMIT = "limit", _("the limit of this channel is used up")
    TOTAL = "total", _("the limit over all channels is used up")
    QUIET = "quiet", _("quiet hours")
    SENDER = "sender", _("outside the sender's hours")
    SAME = "same", _("the same was sent to this address already")
    PRIORITY = "priority", _("something more important waits for the same person")
    ALREADY = "already", _("it was sent already")


class Contact(models.Model):
    """One thing that somebody wants to tell a person, by one channel; asked twice, it is still one row.

    ``holder`` is whose budget it counts against (``contact.holders``). ``subject`` names what sends, ``purpose`` what
    is said: the same purpose to the same holder is one send, and ``one_with`` points at it. ``address`` is kept only
    where no person is known by it.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="contacts")
    key = models.CharField(max_length=64)
    holder = models.CharField(max_length=70)
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="contacts")
    account = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, related_name="contacts")
    address = models.CharField(max_length=254, blank=True)
    channel = models.CharField(_("channel"), max_length=10, choices=ContactChannel.choices)
    subject = models.CharField(max_length=120)
    purpose = models.CharField(_("purpose"), max_length=200)
    priority = models.SmallIntegerField(choices=ContactPriority.choices, default=ContactPriority.NORMAL)
    sender = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    is_transactional = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=ContactState.choices)
    policy_version = models.PositiveIntegerField(default=0)
    one_with = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    granted_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="contact_asked_once")]
        indexes = [
            models.Index(fields=["workspace", "asked_at"], name="contacts_by_time"),
            models.Index(fields=["workspace", "holder", "state"], name="contacts_by_holder"),
            models.Index(fields=["workspace", "state", "subject"], name="contacts_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} · {self.purpose}"


class ContactRefusal(models.Model):
    """Why a contact was not made when it was asked for; asked again for the same reason, ``times`` counts."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="refusals")
    reason = models.CharField(max_length=10, choices=ContactReason.choices)
    limit = models.CharField(max_length=40, blank=True)
    times = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField(default=clock.now)
    last_at = models.DateTimeField(default=clock.now)
    not_before = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contact", "reason"], name="refused_for_a_reason_once")]
        indexes = [models.Index(fields=["last_at"], name="refusals_by_time")]

    def __str__(self) -> str:
        return self.reason


class ContactSlot(models.Model):
    """One of the ``most`` places of a limit, held by a contact from ``taken_at`` on. That a number is there once for a
    holder and a limit is what keeps two workers from both taking the last one."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    holder = models.CharField(max_length=70)
    limit = models.CharField(max_length=80)
    number = models.PositiveIntegerField()
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="slots")
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "holder", "limit", "number"], name="contact_slot_once")
        ]

    def __str__(self) -> str:
        return f"{self.holder} {self.limit} {self.number}"
