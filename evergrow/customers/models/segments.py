from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evergrow.lib import bilingual, clock
from evergrow.workspaces.models import Member, Workspace


class SegmentKind(models.TextChoices):
    """Whom a segment, a trait or criteria are about."""

    PERSON = "person", _("people")
    ACCOUNT = "account", _("accounts")


class Pace(models.IntegerChoices):
    """How often a segment is found anew, in minutes; with the first of these as events and traits arrive."""

    ARRIVALS = 0, _("as events and traits arrive")
    QUARTER = 15, _("every 15 minutes")
    HOUR = 60, _("every hour")
    SIX_HOURS = 360, _("every 6 hours")
    DAY = 1440, _("once a day")


class Segment(models.Model):
    """People or accounts that meet criteria now, or that somebody put on a list.

    Who they are lies in the event store; what stands here of them (``size``, ``as_of``) is what the last refresh wrote.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="segments")
    key = models.SlugField(_("key"), max_length=80)
    name = models.CharField(_("name"), max_length=120)
    name_zh = models.CharField(_("Chinese name"), max_length=120, blank=True)
    description = models.TextField(_("description"), max_length=2000, blank=True)
    kind = models.CharField(max_length=7, choices=SegmentKind.choices)
    is_list = models.BooleanField(default=False)
    pace = models.PositiveSmallIntegerField(_("refreshed"), choices=Pace.choices, default=Pace.ARRIVALS)
    owner = models.ForeignKey(Member, verbose_name=_("owner"), on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    retired_at = models.DateTimeField(null=True)

    # Written by refreshes alone
    size = models.PositiveIntegerField(default=0)
    as_of = models.DateTimeField(null=True)
    computed_version = models.PositiveIntegerField(null=True)
    computed_on = models.DateField(null=True)
    seen_at = models.DateTimeField(null=True)
    took_ms = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True)
    failed_at = models.DateTimeField(null=True)
    claimed_until = models.DateTimeField(null=True)
    pending_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="segment_key")]
        indexes = [models.Index(fields=["workspace", "name"], name="segments_by_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def names(self) -> dict[str, str]:
        """Both names, for the ``bilingual`` filter."""
        return {"en": self.name, "zh": self.name_zh or self.name}

    def called(self, language: str) -> str:
        """The name to show to a reader of this language."""
        return bilingual.pick(self.names, language)

    @property
    def is_refreshing(self) -> bool:
        return self.claimed_until is not None and self.claimed_until > clock.now()

    @property
    def is_retired(self) -> bool:
        return self.retired_at is not None


class SegmentVersion(models.Model):
    """One edition of a segment's criteria. Published ones never change; a new one replaces them."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("segment version", "Draft")
        PUBLISHED = "published", pgettext_lazy("segment version", "Published")
        REPLACED = "replaced", pgettext_lazy("segment version", "Replaced")

    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    criteria = models.JSONField()
    needs = models.JSONField(default=dict)
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    published_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["segment", "number"], name="segment_version_number"),
            models.UniqueConstraint(fields=["segment"], condition=Q(state="draft"), name="segment_one_draft"),
            models.UniqueConstraint(fields=["segment"], condition=Q(state="published"), name="segment_one_published"),
        ]

    def __str__(self) -> str:
        return f"{self.segment} v{self.number}"

    @property
    def needed(self) -> dict[str, Any]:
        """What the criteria look at: ``traits`` ([kind, name]), ``events``, ``segments`` (row keys), ``places``;
        ``relative``: the answer changes as days pass, ``hours``: as moments pass."""
        bare = {"traits": [], "events": [], "segments": [], "places": False, "relative": False, "hours": False}
        return {**bare, **self.needs}
