"""Who works here: workspaces, their members and what those may do, keys, invitations, the audit trail, jobs."""

import zoneinfo
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evergrow.lib import clock

if TYPE_CHECKING:
    from evergrow.lib.workdays import AnyCalendar


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A user who signs in with ``email``; without a password only one-time links work."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """Someone who can sign in. What they may do is said by their memberships."""

    email = models.EmailField(_("email"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(max_length=10, blank=True)
    theme = models.CharField(max_length=10, blank=True)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(default=clock.now)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    is_staff = False
    is_superuser = False

    objects: ClassVar[UserManager] = UserManager()

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def initials(self) -> str:
        """Two Latin initials, or the first character of a Chinese name."""
        shown = str(self).split("@")[0]
        if not shown.isascii():
            return shown[0]
        parts = [part for part in shown.replace(".", " ").split() if part]
        return "".join(part[0] for part in parts[:2]).upper() or "?"


class WeekStart(models.IntegerChoices):
    MONDAY = 0, _("Monday")
    SUNDAY = 6, _("Sunday")


class Calendar(models.TextChoices):
    CN = "CN", _("China, with make-up workdays")
    US = "US", _("United States")
    GB = "GB", _("United Kingdom")
    NONE = "", _("Monday to Friday, no holidays")


class Workspace(models.Model):
    """One operating organisation's data; nothing crosses."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=120)
    zone = models.CharField(_("time zone"), max_length=60, default="Asia/Shanghai")
    week_start = models.SmallIntegerField(_("week starts on"), choices=WeekStart.choices, default=WeekStart.MONDAY)
    calendar = models.CharField(
        _("working calendar"), max_length=8, choices=Calendar.choices, default=Calendar.CN, blank=True
    )
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    calendar_days = models.JSONField(default=dict, blank=True)
    is_sample = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.name

    @property
    def workdays(self) -> "AnyCalendar":
        """What working days are counted with: the calendar, with what ``calendar_days`` adds (``calendar.days``)."""
        from evergrow.workspaces.calendar import days  # with the packages of holidays, which the open door never needs

        made_of = (self.calendar, self.calendar_days)
        known: tuple[tuple[str, Any], AnyCalendar] | None = self.__dict__.get("_workdays")
        if known is None or known[0][0] != made_of[0] or known[0][1] is not made_of[1]:
            known = made_of, days.calendar(*made_of)
            self.__dict__["_workdays"] = known
        return known[1]

    @property
    def tz(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.zone)

    def today(self) -> date:
        """The day it is now in the workspace's own zone."""
        return clock.now().astimezone(self.tz).date()


class Role(models.TextChoices):
    OWNER = "owner", pgettext_lazy("role", "Owner")
    ADMIN = "admin", pgettext_lazy("role", "Administrator")
    MANAGER = "manager", pgettext_lazy("role", "Manager")
    OPERATOR = "operator", pgettext_lazy("role", "Operator")
    VIEWER = "viewer", pgettext_lazy("role", "Viewer")


class AccountScope(models.TextChoices):
    ALL = "all", _("All accounts")
    TEAM = "team", _("My team's accounts")
    OWN = "own", _("My own accounts")


class Member(models.Model):
    """A colleague in a workspace."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.OPERATOR)
    scope = models.CharField(_("sees"), max_length=4, choices=AccountScope.choices, default=AccountScope.ALL)
    team = models.CharField(_("team"), max_length=60, blank=True)
    joined_at = models.DateTimeField(default=clock.now)
    left_at = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    previous_seen_at = models.DateTimeField(null=True, blank=True)

    through: "Key | None" = None
    """The API token this member acts through in the present request, if any."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "user"], name="one_membership_per_user")]

    def __str__(self) -> str:
        return str(self.user)


class Invitation(models.Model):
    """An offer to join, accepted once through a link whose token we keep only as a hash."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField(_("email"))
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.OPERATOR)
    scope = models.CharField(_("sees"), max_length=4, choices=AccountScope.choices, default=AccountScope.ALL)
    team = models.CharField(_("team"), max_length=60, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.email


class SignInLink(models.Model):
    """A link that signs its user in once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_in_links")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"sign-in link of {self.user}"


class KeyKind(models.TextChoices):
    WRITE = "write", _("Write key (capture)")
    API = "api", _("API token")


class Key(models.Model):
    """A write key for capture or a token for the API: shown once, stored as a hash."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="keys")
    kind = models.CharField(_("kind"), max_length=5, choices=KeyKind.choices)
    name = models.CharField(_("name"), max_length=80)
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.VIEWER)
    prefix = models.CharField(max_length=12)
    key_hash = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class AuditEntry(models.Model):
    """Who changed what, when. Never changed, never deleted."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="audit_entries")
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=160)
    verb = models.CharField(max_length=80)
    target_kind = models.CharField(max_length=60)
    target_id = models.CharField(max_length=80)
    target_name = models.CharField(max_length=200)
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["workspace", "-at"], name="audit_by_time")]

    def __str__(self) -> str:
        return f"{self.verb} {self.target_name}"


class JobState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


class Job(models.Model):
    """Work that must survive a restart. It moves by guarded updates; a worker only looks for what is due."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="jobs")
    kind = models.CharField(max_length=60)
    args = models.JSONField(default=dict)
    dedupe_key = models.CharField(max_length=120, blank=True)
    state = models.CharField(max_length=10, choices=JobState.choices, default=JobState.QUEUED)
    run_at = models.DateTimeField(default=clock.now)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    done_units = models.BigIntegerField(default=0)
    total_units = models.BigIntegerField(default=0)
    error = models.TextField(blank=True)
    result = models.JSONField(default=dict)
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["state", "run_at"], name="jobs_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "kind", "dedupe_key"],
                condition=models.Q(state__in=["queued", "running"]) & ~models.Q(dedupe_key=""),
                name="one_open_job_per_key",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


# What stands above is pointed at from there.
from evergrow.workspaces.absences.models import Absence as Absence  # noqa: E402
from evergrow.workspaces.notices.channel_models import (  # noqa: E402, F401
    Delivery,
    DeliveryState,
    NoticeSettings,
    Posting,
    Robot,
)
from evergrow.workspaces.notices.models import Notice  # noqa: E402, F401
