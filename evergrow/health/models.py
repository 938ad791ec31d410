"""Scorecards with their versions, and the current health of each account."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evergrow.customers.models import Account, Product
from evergrow.health.backtest.models import BackTest
from evergrow.health.entries.models import Entry, EntryOrigin
from evergrow.health.lines.models import ProductLineHealth
from evergrow.health.money.models import Movement
from evergrow.health.overrides.models import EndReason, Override, OverrideMode, OverrideState
from evergrow.health.risk import models as risk_models
from evergrow.health.value.models import AccountValue, ValueSettings
from evergrow.health.weekly.models import Reading
from evergrow.lib import clock
from evergrow.workspaces.models import Member, Workspace

__all__ = [
    "AccountHealth",
    "AccountValue",
    "BackTest",
    "EndReason",
    "Entry",
    "EntryOrigin",
    "HealthBand",
    "Movement",
    "Override",
    "OverrideMode",
    "OverrideState",
    "ProductLineHealth",
    "Reading",
    "Scorecard",
    "ScorecardVersion",
    "Trend",
    "ValueSettings",
    "VersionState",
    "risk_models",
]


class Scorecard(models.Model):
    """A way of judging accounts; what it says stands in its versions.

    The default card judges every account that no other card claims; the others' criteria and priority stand in their
    versions too. A card of a ``product`` judges how accounts do with it, and no account as a whole.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="scorecards")
    key = models.SlugField(max_length=60)
    name = models.JSONField(default=dict)
    is_default = models.BooleanField(default=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, null=True, related_name="scorecards")
    created_at = models.DateTimeField(default=clock.now)
    archived_at = models.DateTimeField(null=True)
    archived_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "key"], name="scorecard_key"),
            models.UniqueConstraint(
                fields=["workspace"], condition=models.Q(is_default=True), name="one_default_scorecard"
            ),
            models.UniqueConstraint(
                fields=["product"], condition=models.Q(archived_at=None), name="one_scorecard_a_product"
            ),
        ]

    def __str__(self) -> str:
        return str(self.name.get("en") or self.key)


class VersionState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Retired")


class ScorecardVersion(models.Model):
    """One edition of a scorecard. Published ones never change; snapshots say which one they used."""

    scorecard = models.ForeignKey(Scorecard, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=VersionState.choices, default=VersionState.DRAFT)
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
            models.UniqueConstraint(fields=["scorecard", "number"], name="scorecard_version_number"),
            models.UniqueConstraint(
                fields=["scorecard"], condition=models.Q(state="published"), name="one_published_version"
            ),
            models.UniqueConstraint(fields=["scorecard"], condition=models.Q(state="draft"), name="one_draft_version"),
        ]

    def __str__(self) -> str:
        return f"{self.scorecard} v{self.number}"


class HealthBand(models.TextChoices):
    RISK = "risk", _("At risk")
    WATCH = "watch", _("Watch")
    HEALTHY = "healthy", _("Healthy")
    INSUFFICIENT = "insufficient", _("Insufficient data")


class Trend(models.TextChoices):
    """Compared with the latest snapshot at least ``trend_days`` old, without what a new scorecard version did."""

    UP = "up", _("Rising")
    DOWN = "down", _("Falling")
    FLAT = "flat", _("Steady")
    NEW = "new", pgettext_lazy("trend", "New")


class AccountHealth(models.Model):
    """An account's health now, kept by ``actions.compute``; the history is in the event store.

    ``change_7d`` and ``change_30d`` leave out what a new scorecard version did. ``reasons`` is a list of
    ``{"zh", "en", "measure", "kind", "points"}``, the one that matters most first. ``band_before`` is last week's.

    ``computed_score`` is what the measures alone come to; ``override`` and the ``exceptions`` (their names) that
    applied, and what the accounts below did to it (``children_effect``), make ``score`` of it.
    """

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="health_state")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(ScorecardVersion, on_delete=models.CASCADE, related_name="+")
    as_of = models.DateField()
    computed_at = models.DateTimeField(default=clock.now)
    score = models.FloatField(null=True)
    band = models.CharField(max_length=12, choices=HealthBand.choices)
    band_before = models.CharField(max_length=12, choices=HealthBand.choices, blank=True)
    change_7d = models.FloatField(null=True)
    change_30d = models.FloatField(null=True)
    trend = models.CharField(max_length=4, choices=Trend.choices, default=Trend.NEW)
    coverage = models.FloatField(default=0)
    reasons = models.JSONField(default=list)
    computed_score = models.FloatField(null=True)
    override = models.ForeignKey(Override, on_delete=models.SET_NULL, null=True, related_name="+")
    exceptions = models.JSONField(default=list)
    children_effect = models.FloatField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "band", "score"], name="health_by_band"),
            models.Index(fields=["workspace", "score"], name="health_by_score"),
            models.Index(fields=["workspace", "-computed_at"], name="health_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.band}"


__all__ = [
    "AccountHealth",
    "AccountValue",
    "HealthBand",
    "Movement",
    "Scorecard",
    "ScorecardVersion",
    "Trend",
    "ValueSettings",
    "VersionState",
]
