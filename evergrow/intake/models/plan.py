"""The tracking plan: what events and properties mean, who answers for them, and which rules hold, in versions."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evergrow.lib import clock
from evergrow.workspaces.models import Member, Workspace


class Mode(models.TextChoices):
    """What is done with what goes against the plan: nothing, count it, or keep it out as well."""

    KEEP = "keep", pgettext_lazy("plan", "Keep")
    FLAG = "flag", pgettext_lazy("plan", "Flag")
    BLOCK = "block", pgettext_lazy("plan", "Block")


class Described(models.Model):
    """What colleagues know of a name that the product sends. The rules about it stand in the plan's versions."""

    name = models.CharField(_("name"), max_length=200)
    description = models.JSONField(_("description"), default=dict)
    tags = models.JSONField(_("tags"), default=list)
    verified_at = models.DateTimeField(null=True, blank=True)
    deprecated_at = models.DateTimeField(null=True, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class TrackedEvent(Described):
    """An event name of a workspace."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="tracked_events")
    owner = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    verified_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    deprecated_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    hidden_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="tracked_event_name")]


class TrackedProperty(Described):
    """A property name of a workspace, whichever events carry it."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="tracked_properties")
    owner = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    verified_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    deprecated_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    hidden_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="tracked_property_name")]


class TrackingPlan(models.Model):
    """One per workspace. ``stamp`` changes with every publication, so that the drain knows when to read again."""

    workspace = models.OneToOneField(Workspace, on_delete=models.CASCADE, related_name="tracking_plan")
    stamp = models.CharField(max_length=32, default="")

    def __str__(self) -> str:
        return str(_("Tracking plan"))


class PlanState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Retired")


class PlanVersion(models.Model):
    """One edition of the rules for an event, or (``event`` empty) of those for the whole workspace.

    Published ones never change. An empty definition says that the event has no plan any more.
    """

    plan = models.ForeignKey(TrackingPlan, on_delete=models.CASCADE, related_name="versions")
    event = models.CharField(_("event"), max_length=200, blank=True)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=PlanState.choices, default=PlanState.DRAFT)
    definition = models.JSONField(default=dict)
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)
    published_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "event", "number"], name="plan_version_number"),
            models.UniqueConstraint(
                fields=["plan", "event"], condition=models.Q(state="published"), name="one_published_plan"
            ),
            models.UniqueConstraint(fields=["plan", "event"], condition=models.Q(state="draft"), name="one_draft_plan"),
        ]

    def __str__(self) -> str:
        return f"{self.event or _('Rules for everything')} v{self.number}"
