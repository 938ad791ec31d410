"""What a workspace calls its events, and what it writes on days. Saved questions are in ``saved/models.py``."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from evergrow.insight.saved.models import QuestionVersion, SavedQuestion, Sharing, Star
from evergrow.lib import bilingual, clock
from evergrow.workspaces.models import Member, Workspace

__all__ = ["Annotation", "EngagementDefinition", "EventLabel", "QuestionVersion", "SavedQuestion", "Sharing", "Star"]


class EventLabel(models.Model):
    """A name in both languages for an event as it is captured, and whether it matters more than others."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="event_labels")
    event = models.CharField(_("event as captured"), max_length=200)
    name_zh = models.CharField(_("Chinese name"), max_length=120, blank=True)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    is_key = models.BooleanField(_("key event"), default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "event"], name="one_label_per_event")]

    def __str__(self) -> str:
        return self.event

    @property
    def name(self) -> bilingual.Name:
        return {"zh": self.name_zh, "en": self.name_en}


class EngagementDefinition(models.Model):
    """A version of what makes people or accounts valid, active, core. Versions never change; the newest counts."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="engagement_definitions")
    subject = models.CharField(max_length=10)
    version = models.PositiveIntegerField()
    data = models.JSONField()
    made_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "subject", "version"], name="engagement_definition_version")
        ]

    def __str__(self) -> str:
        return f"{self.subject} v{self.version}"


class Annotation(models.Model):
    """A note on a day, shown on every chart with a time axis: a release, a campaign, an outage."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="annotations")
    day = models.DateField(_("day"))
    text_zh = models.CharField(_("Chinese text"), max_length=200, blank=True)
    text_en = models.CharField(_("English text"), max_length=200, blank=True)
    by = models.ForeignKey(Member, null=True, on_delete=models.SET_NULL, related_name="+")
    by_name = models.CharField(_("author"), max_length=160)
    made_at = models.DateTimeField(_("written at"))
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        ordering = ["day", "pk"]
        indexes = [models.Index(fields=["workspace", "day"], name="annotations_by_day")]

    def __str__(self) -> str:
        return self.text_zh or self.text_en

    @property
    def text(self) -> bilingual.Name:
        return {"zh": self.text_zh, "en": self.text_en}
