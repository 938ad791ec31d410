"""Lifecycles with their versions, and the stays of accounts, people and products in their stages."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evergrow.customers.models.accounts import Account
from evergrow.customers.models.people import Person
from evergrow.customers.models.products import Product
from evergrow.customers.models.tiers import EditionState
from evergrow.lib import bilingual, clock
from evergrow.workspaces.models import Member, Workspace


class StagedKind(models.TextChoices):
    """Whose lifecycle it is."""

    ACCOUNT = "account", _("accounts")
    PERSON = "person", _("people")
    PRODUCT = "product", pgettext_lazy("kind of lifecycle", "products")


class Lifecycle(models.Model):
    """A way that accounts, people or products go, stage by stage.

    The one that ``is_main`` gives the traits ``stage`` and ``stage.days``. A job writes ``evaluated_at``, and into
    ``problem`` the sentence of criteria that could not be asked.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="lifecycles")
    key = models.SlugField(_("key"), max_length=40)
    kind = models.CharField(_("for"), max_length=7, choices=StagedKind.choices)
    name = models.CharField(_("name in English"), max_length=120, blank=True)
    name_zh = models.CharField(_("Chinese name"), max_length=120, blank=True)
    is_main = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)
    retired_at = models.DateTimeField(null=True, blank=True)
    evaluated_at = models.DateTimeField(null=True, blank=True)
    problem = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "key"], name="lifecycle_key"),
            models.UniqueConstraint(
                fields=["workspace", "kind"], condition=Q(is_main=True), name="one_main_lifecycle_of_a_kind"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.name_zh or self.key

    @property
    def names(self) -> dict[str, str]:
        """Both names, for the ``bilingual`` filter."""
        shown = str(self)
        return {"en": self.name or shown, "zh": self.name_zh or shown}

    def called(self, language: str) -> str:
        """The name to show to a reader of this language."""
        return bilingual.pick(self.names, language)


class LifecycleVersion(models.Model):
    """One edition of a lifecycle's stages. A published one never changes; there is one draft at most."""

    lifecycle = models.ForeignKey(Lifecycle, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=EditionState.choices, default=EditionState.DRAFT)
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
            models.UniqueConstraint(fields=["lifecycle", "number"], name="lifecycle_version_number"),
            models.UniqueConstraint(
                fields=["lifecycle"], condition=Q(state="published"), name="lifecycle_one_published"
            ),
            models.UniqueConstraint(fields=["lifecycle"], condition=Q(state="draft"), name="lifecycle_one_draft"),
        ]

    def __str__(self) -> str:
        return f"{self.lifecycle} v{self.number}"


class StageSource(models.TextChoices):
    """Who or what put a subject into a stage."""

    AUTO = "auto", pgettext_lazy("source of a stage", "By criteria")
    MANUAL = "manual", pgettext_lazy("source of a stage", "By hand")
    IMPORT = "import", pgettext_lazy("source of a stage", "Import")


class StageStay(models.Model):
    """A subject is, or was, in a stage: from a moment to a moment. The one without an end is where it is now.

    ``spell`` counts the times through the lifecycle: it grows when a subject comes back after a terminal stage.
    ``is_skipped``: the stage was passed over, for no time at all. ``cause`` is the rule behind an automatic move
    (``stages.deciding``). ``failing_since``: the day from which the stage's own entry criteria surely failed.
    ``locked_until``: the last day on which criteria leave the subject where a colleague put it.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    lifecycle = models.ForeignKey(Lifecycle, on_delete=models.CASCADE, related_name="stays")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, related_name="stage_stays")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, related_name="stage_stays")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, null=True, related_name="stage_stays")
    stage = models.CharField(max_length=40)
    kind = models.CharField(max_length=8)
    spell = models.PositiveSmallIntegerField(default=1)
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    is_skipped = models.BooleanField(default=False)
    is_backward = models.BooleanField(default=False)
    source = models.CharField(max_length=6, choices=StageSource.choices, default=StageSource.AUTO)
    cause = models.CharField(max_length=12, blank=True)
    reason = models.TextField(blank=True)
    version = models.ForeignKey(LifecycleVersion, on_delete=models.SET_NULL, null=True, related_name="+")
    by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    failing_since = models.DateField(null=True, blank=True)
    locked_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lifecycle", each], condition=Q(left_at=None), name=f"one_open_stage_of_{each}"
            )
            for each in StagedKind.values
        ] + [
            models.CheckConstraint(
                condition=Q(account__isnull=False, person=None, product=None)
                | Q(account=None, person__isnull=False, product=None)
                | Q(account=None, person=None, product__isnull=False),
                name="stage_of_one_subject",
            ),
            models.CheckConstraint(
                condition=Q(left_at=None) | Q(left_at__gte=models.F("entered_at")), name="stage_left_after_entered"
            ),
        ]
        indexes = [
            models.Index(fields=["lifecycle", "left_at", "stage"], name="stays_by_stage"),
            models.Index(fields=["lifecycle", "entered_at"], name="stays_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.stage}"

    @property
    def subject(self) -> Any:
        """The account, person or product that it is about."""
        return self.account or self.person or self.product


class StageGate(models.Model):
    """What was done at the gate of a stay: items ticked, artefacts named, approvals, and the decision.

    ``ticked``: ``{item: {by, at}}``; ``artefacts``: ``{artefact: where it is}``; ``approvals``: ``[{by, at}]``.
    """

    class Decision(models.TextChoices):
        GO = "go", pgettext_lazy("decision at a gate", "Go")
        HOLD = "hold", pgettext_lazy("decision at a gate", "Hold")
        RECYCLE = "recycle", pgettext_lazy("decision at a gate", "Recycle")
        KILL = "kill", pgettext_lazy("decision at a gate", "Kill")

    stay = models.OneToOneField(StageStay, on_delete=models.CASCADE, related_name="gate")
    ticked = models.JSONField(default=dict)
    artefacts = models.JSONField(default=dict)
    approvals = models.JSONField(default=list)
    decision = models.CharField(max_length=7, choices=Decision.choices, blank=True)
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.stay} {self.decision}"
