"""Ways out of the app: who wants what by which channel, what waits for them, what was sent and what became of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evergrow.lib import clock
from evergrow.workspaces import sealed
from evergrow.workspaces.notices.models import Notice

ADDRESS, SECRET = "robot address", "robot secret"


class Channel(models.TextChoices):
    MAIL = "mail", pgettext_lazy("channel", "Mail")
    WECOM = "wecom", _("WeCom group robot")
    DINGTALK = "dingtalk", _("DingTalk group robot")
    FEISHU = "feishu", _("Feishu group robot")
    SLACK = "slack", _("Slack webhook")


class Pace(models.TextChoices):
    AT_ONCE = "at_once", pgettext_lazy("digest", "At once")
    HOURLY = "hourly", pgettext_lazy("digest", "Every hour")
    DAILY = "daily", pgettext_lazy("digest", "Each morning")


class Robot(models.Model):
    """A group robot that says chosen kinds of notice into a chat. ``address`` and ``secret`` are kept sealed and
    never shown again; ``hint`` is enough of the address to know it by: its host and the last four characters.

    ``kinds`` are said whoever they are told to. Where ``for_members``, each member may also have their own said here.
    ``next_at``: before it nothing may be sent, so that the vendor's limit holds with several workers.
    """

    workspace = models.ForeignKey("workspaces.Workspace", on_delete=models.CASCADE, related_name="robots")
    name = models.CharField(_("name"), max_length=80)
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)
    sealed_address = models.TextField(blank=True)
    sealed_secret = models.TextField(blank=True)
    hint = models.CharField(max_length=260, blank=True)
    kinds = models.JSONField(default=list)
    for_members = models.BooleanField(default=False)
    language = models.CharField(max_length=10, default="zh-hans")
    pace = models.CharField(max_length=8, choices=Pace.choices, default=Pace.AT_ONCE)
    hour = models.PositiveSmallIntegerField(default=9)
    working_days_only = models.BooleanField(default=False)
    next_at = models.DateTimeField(default=clock.now)
    failures = models.PositiveSmallIntegerField(default=0)
    stopped_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey("workspaces.Member", on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        """Where it is reached. Raises CannotOpen after a change of the instance's key."""
        return sealed.opened(self.sealed_address, ADDRESS)

    @address.setter
    def address(self, address: str) -> None:
        self.sealed_address = sealed.seal(address, ADDRESS)
        self.hint = f"{address.split('/')[2][:250]}…{address[-4:]}"

    @property
    def secret(self) -> str:
        """What its messages are signed with; empty where they are not. Raises CannotOpen as ``address`` does."""
        return sealed.opened(self.sealed_secret, SECRET)

    @secret.setter
    def secret(self, secret: str) -> None:
        self.sealed_secret = sealed.seal(secret, SECRET)

    @property
    def is_readable(self) -> bool:
        """Whether its address and secret open; not after a change of the instance's key."""
        try:
            return bool(self.address) and self.secret is not None
        except sealed.CannotOpen:
            return False


class NoticeSettings(models.Model):
    """How a member wants to hear. Without a row: in the app and, each working morning at nine, by mail.

    ``choices`` maps a kind to its channels: ``"app"``, ``"mail"``, ``"robot:3"``. Quiet hours are in ``zone`` (empty:
    the workspace's) and may pass midnight; equal ends mean none.
    """

    member = models.OneToOneField("workspaces.Member", on_delete=models.CASCADE, related_name="notice_settings")
    choices = models.JSONField(default=dict)
    pace = models.CharField(_("mail comes"), max_length=8, choices=Pace.choices, default=Pace.DAILY)
    hour = models.PositiveSmallIntegerField(_("in the morning at"), default=9)
    working_days_only = models.BooleanField(_("on working days only"), default=True)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    zone = models.CharField(_("time zone"), max_length=60, blank=True)

    def __str__(self) -> str:
        return str(self.member)


class DeliveryState(models.TextChoices):
    QUEUED = "queued", pgettext_lazy("delivery", "Waiting")
    SENDING = "sending", pgettext_lazy("delivery", "Being sent")
    SENT = "sent", pgettext_lazy("delivery", "Sent")
    FAILED = "failed", pgettext_lazy("delivery", "Failed")
    UNKNOWN = "unknown", pgettext_lazy("delivery", "Perhaps sent")
    SKIPPED = "skipped", pgettext_lazy("delivery", "Not needed")


class Delivery(models.Model):
    """One message to one mailbox or one robot. It moves by guarded updates; ``lease_until`` is set while it is sent.

    Every row has its own ``dedupe_key``, so that two gatherings of the same notices make one message.
    """

    workspace = models.ForeignKey("workspaces.Workspace", on_delete=models.CASCADE, related_name="notice_deliveries")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    member = models.ForeignKey(
        "workspaces.Member", on_delete=models.CASCADE, null=True, related_name="notice_deliveries"
    )
    robot = models.ForeignKey(Robot, on_delete=models.CASCADE, null=True, related_name="notice_deliveries")
    dedupe_key = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=8, choices=DeliveryState.choices, default=DeliveryState.QUEUED)
    is_urgent = models.BooleanField(default=False)
    is_test = models.BooleanField(default=False)
    count = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField(default=clock.now)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "state", "not_before"], name="notice_deliveries_due"),
            models.Index(fields=["workspace", "-id"], name="deliveries_newest"),
        ]

    def __str__(self) -> str:
        return str(self.robot or self.member)


class Posting(models.Model):
    """A notice that should also go out by mail (``robot`` is empty) or through a robot, from ``due_at`` on.

    It joins a delivery once, or is ``skipped``: read before its time, or its reader left.
    """

    workspace = models.ForeignKey("workspaces.Workspace", on_delete=models.CASCADE, related_name="+")
    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="postings")
    robot = models.ForeignKey(Robot, on_delete=models.CASCADE, null=True, related_name="+")
    due_at = models.DateTimeField()
    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, null=True, related_name="postings")
    skipped = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice"], condition=models.Q(robot=None), name="one_mail_per_notice"),
            models.UniqueConstraint(
                fields=["notice", "robot"], condition=models.Q(robot__isnull=False), name="one_robot_per_notice"
            ),
        ]
        indexes = [
            models.Index(
                fields=["workspace", "due_at"], condition=models.Q(delivery=None, skipped=False), name="postings_due"
            )
        ]

    def __str__(self) -> str:
        return str(self.notice)
