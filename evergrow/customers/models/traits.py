"""What traits of people and accounts are, and those that Evergrow computes."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evergrow.lib import clock
from evergrow.workspaces.models import Member, Workspace


class SubjectKind(models.TextChoices):
    PERSON = "person", _("Person")
    ACCOUNT = "account", _("Account")


class TraitType(models.TextChoices):
    TEXT = "text", _("Text")
    NUMBER = "number", pgettext_lazy("type of a value", "Number")
    TRUTH = "truth", _("Yes or no")
    DATE = "date", _("Date")
    MOMENT = "moment", _("Moment")
    LIST = "list", _("List")


class Precedence(models.TextChoices):
    """Which of two values of a trait counts."""

    NEWEST = "newest", _("The newest value")
    SOURCES = "sources", _("The most trusted source")


class TraitDefinition(models.Model):
    """What colleagues said about a trait. Traits nobody described appear by themselves with a guessed type.

    ``name`` and ``description`` hold a text per language (``en``, ``zh``). ``order`` lists sources, the most trusted
    one first; an empty list is the usual order.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="trait_definitions")
    kind = models.CharField(max_length=8, choices=SubjectKind.choices)
    key = models.CharField(max_length=200)
    type = models.CharField(_("type"), max_length=8, choices=TraitType.choices)
    name = models.JSONField(default=dict, blank=True)
    description = models.JSONField(default=dict, blank=True)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    is_personal = models.BooleanField(_("personal data"), default=False)
    precedence = models.CharField(
        _("when sources differ"), max_length=8, choices=Precedence.choices, default=Precedence.NEWEST
    )
    order = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)
    changed_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "kind", "key"], name="trait_described_once")]

    def __str__(self) -> str:
        return self.key


class Schedule(models.TextChoices):
    HOURLY = "hourly", _("Every hour")
    DAILY = "daily", _("Every night")
    ON_DEMAND = "on_demand", _("On demand")


class ComputedTrait(models.Model):
    """A trait that Evergrow computes for everybody; how, stands in its versions."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="computed_traits")
    kind = models.CharField(max_length=8, choices=SubjectKind.choices)
    key = models.CharField(max_length=60)
    name = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    # The latest computation
    computed_at = models.DateTimeField(null=True)
    computed_version = models.PositiveIntegerField(null=True)
    took_ms = models.PositiveIntegerField(default=0)
    filled = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "kind", "key"], name="computed_trait_key")]

    def __str__(self) -> str:
        return self.key


class ComputedState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Retired")


class ComputedTraitVersion(models.Model):
    """One edition of a computed trait. Published ones never change."""

    trait = models.ForeignKey(ComputedTrait, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=ComputedState.choices, default=ComputedState.DRAFT)
    definition = models.JSONField()
    note = models.CharField(_("what changed"), max_length=300, blank=True)
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)
    published_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["trait", "number"], name="computed_trait_version_number"),
            models.UniqueConstraint(
                fields=["trait"], condition=models.Q(state="published"), name="one_published_computed_trait"
            ),
            models.UniqueConstraint(
                fields=["trait"], condition=models.Q(state="draft"), name="one_draft_of_computed_trait"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trait} v{self.number}"


class UntoldHistory(models.Model):
    """Rows of the history of traits that the event store could not take yet."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    rows = models.JSONField()
    at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{len(self.rows)} rows"
