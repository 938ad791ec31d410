"""What a workspace calls its events. Questions live in addresses; saved ones in ``saved/models.py``."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from evergrow.insight.saved.models import QuestionVersion, SavedQuestion, Sharing, Star
from evergrow.lib import bilingual, clock
from evergrow.workspaces.models import Member, Workspace

__all__ = ["EngagementDefinition", "EventLabel", "QuestionVersion", "SavedQuestion", "Sharing", "Star"]


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
