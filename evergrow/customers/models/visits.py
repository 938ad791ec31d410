"""Calls, meetings and visits, planned or over, and what was written out of them."""

from datetime import datetime, timedelta

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evergrow.customers.models.accounts import Account
from evergrow.customers.models.people import Person
from evergrow.customers.models.record import Visibility
from evergrow.lib import clock
from evergrow.workspaces.models import Member, Workspace


class ActivityKind(models.TextChoices):
    VISIT = "visit", pgettext_lazy("activity", "Visit")
    CALL = "call", pgettext_lazy("activity", "Call")
    MEETING = "meeting", pgettext_lazy("activity", "Meeting")
    KICKOFF = "kickoff", pgettext_lazy("activity", "Kick-off meeting")
    MAIL = "mail", pgettext_lazy("activity", "Message")


ACTIVITY_ICONS = {
    ActivityKind.VISIT: "users",
    ActivityKind.CALL: "phone",
    ActivityKind.MEETING: "calendar-event",
    ActivityKind.KICKOFF: "flag",
    ActivityKind.MAIL: "mail",
}


class VisitState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("activity", "Draft")
    PLANNED = "planned", pgettext_lazy("activity", "Planned")
    LOGGED = "logged", pgettext_lazy("activity", "Took place")
    CANCELLED = "cancelled", pgettext_lazy("activity", "Called off")


class Direction(models.TextChoices):
    OUT = "out", _("from us")
    IN = "in", _("from the customer")


class Logged(models.Manager["Visit"]):
    """What took place, which is what other pages count as contact."""

    def get_queryset(self) -> "models.QuerySet[Visit]":
        return super().get_queryset().filter(state=VisitState.LOGGED)


class Everything(models.Manager["Visit"]):
    """Drafts, plans and what was called off as well."""


class Visit(models.Model):
    """An activity with a customer: 客户, 联系人, 产品与版本, 使用体验, 下一步建议, 需求, 评价.

    ``objects`` holds what took place; ``everything`` drafts and plans as well. ``happened_on`` is its day in the
    workspace's zone, planned or past; ``starts_at`` the moment where one is known. ``token`` names the form it was
    written in, so that saving twice gives one row. ``body`` are the own words of a mail that came in.
    """

    class Sentiment(models.IntegerChoices):
        NEGATIVE = -1, _("dissatisfied")
        NEUTRAL = 0, _("neutral")
        POSITIVE = 1, _("satisfied")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="visits")
    person = models.ForeignKey(
        Person,
        verbose_name=_("contact"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="visits",
    )
    author = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(_("kind"), max_length=10, choices=ActivityKind.choices, default=ActivityKind.VISIT)
    state = models.CharField(max_length=10, choices=VisitState.choices, default=VisitState.LOGGED)
    title = models.CharField(pgettext_lazy("activity", "subject"), max_length=200, blank=True)
    happened_on = models.DateField(_("date"))
    starts_at = models.DateTimeField(null=True, blank=True)
    minutes = models.PositiveIntegerField(_("minutes"), null=True, blank=True)
    place = models.CharField(_("place or link"), max_length=200, blank=True)
    direction = models.CharField(_("direction"), max_length=3, choices=Direction.choices, blank=True)
    body = models.TextField(_("message"), blank=True)
    agenda = models.TextField(_("agenda"), blank=True)
    product = models.CharField(_("product"), max_length=120, blank=True)
    version = models.CharField(_("version"), max_length=60, blank=True)
    scene = models.TextField(_("scene of use"), blank=True)
    experience = models.TextField(_("experience in use"), blank=True)
    next_step = models.TextField(_("suggested next step"), blank=True)
    need = models.TextField(_("needs"), blank=True)
    evaluation = models.TextField(_("evaluation"), blank=True)
    competitor = models.CharField(_("competitor"), max_length=120, blank=True)
    sentiment = models.SmallIntegerField(_("mood"), choices=Sentiment.choices, default=Sentiment.NEUTRAL)
    visibility = models.CharField(_("seen by"), max_length=8, choices=Visibility.choices, default=Visibility.ACCOUNT)
    token = models.UUIDField(null=True, unique=True, editable=False)
    created_at = models.DateTimeField(default=clock.now)
    edited_at = models.DateTimeField(null=True, blank=True)

    everything = Everything()
    objects = Logged()

    class Meta:
        indexes = [
            models.Index(fields=["account", "-happened_on"], name="visits_by_day"),
            models.Index(fields=["author", "state", "happened_on"], name="visits_by_author"),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.happened_on}"

    @property
    def icon(self) -> str:
        return ACTIVITY_ICONS[ActivityKind(self.kind)]

    @property
    def called(self) -> str:
        """Its subject, or what kind it is."""
        return self.title or str(self.get_kind_display())

    @property
    def ends_at(self) -> datetime | None:
        """When it is over; an hour where nobody said how long it takes."""
        return None if self.starts_at is None else self.starts_at + timedelta(minutes=self.minutes or 60)

    @property
    def told(self) -> list[tuple[str, str]]:
        """What was written down, as (label, words)."""
        names = ("body", "agenda", "scene", "experience", "need", "evaluation", "next_step", "competitor")
        return [
            (str(Visit._meta.get_field(name).verbose_name), text)  # type: ignore[union-attr]
            for name in names
            if (text := getattr(self, name))
        ]


class VisitGuest(models.Model):
    """Somebody who takes part: a colleague, a person of the customer, or somebody known only by name."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="guests")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    name = models.CharField(_("name"), max_length=120, blank=True)
    role = models.CharField(pgettext_lazy("in a meeting", "role"), max_length=120, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(member__isnull=False, person__isnull=True, name="")
                | models.Q(member__isnull=True, person__isnull=False, name="")
                | (models.Q(member__isnull=True, person__isnull=True) & ~models.Q(name="")),
                name="visit_guest_is_one",
            )
        ]

    def __str__(self) -> str:
        return str(self.member or self.person or self.name)

    @property
    def side_icon(self) -> str:
        return "user-check" if self.member_id else "user"


class Preparation(models.Model):
    """Something to be ready before a planned meeting; the latest open one says when it can begin at the earliest."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="preparations")
    words = models.CharField(_("what"), max_length=300)
    owner = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    due_on = models.DateField(_("ready by"), null=True, blank=True)
    is_required = models.BooleanField(_("the meeting waits for it"), default=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    def __str__(self) -> str:
        return self.words


class VisitEdit(models.Model):
    """What somebody changed in an activity: ``changes`` is field → [before, after] in plain values."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="edits")
    at = models.DateTimeField(default=clock.now)
    by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    changes = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.visit_id} {self.at:%Y-%m-%d}"


class PointKind(models.TextChoices):
    NEED = "need", pgettext_lazy("point", "Need")
    ISSUE = "issue", pgettext_lazy("point", "Issue")
    PRAISE = "praise", pgettext_lazy("point", "Praise")
    NEXT_STEP = "next_step", pgettext_lazy("point", "Next step")


POINT_ICONS = {
    PointKind.NEED: "bulb",
    PointKind.ISSUE: "bug",
    PointKind.PRAISE: "heart",
    PointKind.NEXT_STEP: "arrow-right",
}


class PointState(models.TextChoices):
    OPEN = "open", pgettext_lazy("point", "Open")
    ANSWERED = "answered", pgettext_lazy("point", "Answered")
    CLOSED = "closed", pgettext_lazy("point", "Closed")


class Importance(models.IntegerChoices):
    HIGH = 3, pgettext_lazy("importance", "High")
    MEDIUM = 2, pgettext_lazy("importance", "Medium")
    LOW = 1, pgettext_lazy("importance", "Low")
    NONE = 0, pgettext_lazy("importance", "None")


class Point(models.Model):
    """One need, issue, praise or next step, written out of a record. ``visit`` is where it was said.

    ``followed`` says what came of it in another room: {"kind": "task", "id": 5, "name": …}.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="points")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="points")
    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, null=True, blank=True, related_name="points")
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    kind = models.CharField(_("kind"), max_length=10, choices=PointKind.choices)
    words = models.TextField(_("words"))
    product = models.CharField(_("product"), max_length=120, blank=True)
    importance = models.SmallIntegerField(_("importance"), choices=Importance.choices, default=Importance.LOW)
    state = models.CharField(max_length=10, choices=PointState.choices, default=PointState.OPEN)
    answer = models.TextField(_("answer"), blank=True)
    owner = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    followed = models.JSONField(default=dict, blank=True)
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    moved_at = models.DateTimeField(null=True, blank=True)
    moved_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "state", "kind"], name="points_by_state"),
            models.Index(fields=["account", "-created_at"], name="points_by_account"),
        ]

    def __str__(self) -> str:
        return self.words[:120]

    @property
    def icon(self) -> str:
        return POINT_ICONS[PointKind(self.kind)]
