"""Models of churn and expansion with their cards, how they are kept, and what they say of each account now."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evergrow.customers.models import Account
from evergrow.customers.models.tiers import EditionState
from evergrow.lib import clock
from evergrow.workspaces.models import Member, Workspace


class RiskTarget(models.TextChoices):
    CHURN = "churn", pgettext_lazy("what a model predicts", "Churn")
    EXPANSION = "expansion", pgettext_lazy("what a model predicts", "Expansion")


class LikelihoodBand(models.TextChoices):
    """Beside the share of all customers to whom it happened: at least twice, at least as much, or less."""

    HIGH = "high", pgettext_lazy("likelihood", "High")
    RAISED = "raised", pgettext_lazy("likelihood", "Raised")
    LOW = "low", pgettext_lazy("likelihood", "Low")


class RiskSetting(models.Model):
    """How a workspace keeps its model of a target. ``retrain_days`` 0: only by hand.

    ``result``: what the latest training came to, ``{"model": number}`` or ``{"missing": [{"what", "have", "need"}]}``.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="risk_settings")
    target = models.CharField(max_length=10, choices=RiskTarget.choices)
    horizon_days = models.PositiveSmallIntegerField(_("horizon in days"), default=90)
    retrain_days = models.PositiveSmallIntegerField(_("trained anew every so many days"), default=30)
    tried_at = models.DateTimeField(null=True)
    result = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "target"], name="one_risk_setting")]

    def __str__(self) -> str:
        return f"{self.target} {self.horizon_days}"


class RiskModel(models.Model):
    """One version of a model. ``definition`` predicts (``risk.plain``), ``card`` tells what it rests on; neither ever
    changes. ``watch`` is how it stands up since: drift of features, and outcomes beside predictions."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="risk_models")
    target = models.CharField(max_length=10, choices=RiskTarget.choices)
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=EditionState.choices, default=EditionState.DRAFT)
    horizon_days = models.PositiveSmallIntegerField()
    definition = models.JSONField()
    card = models.JSONField()
    watch = models.JSONField(default=dict)
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    published_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "target", "number"], name="risk_model_number"),
            models.UniqueConstraint(
                fields=["workspace", "target"], condition=models.Q(state="published"), name="one_published_risk_model"
            ),
            models.UniqueConstraint(
                fields=["workspace", "target"], condition=models.Q(state="draft"), name="one_draft_risk_model"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target} v{self.number}"


class Likelihood(models.Model):
    """What the model in force says of an account; the history is in the event store.

    ``chance`` 0–1 within the model's horizon; ``low`` and ``high``: the 95 % interval of the share to whom it happened
    among accounts with a like prediction. ``reasons``: ``{"key", "value", "usual", "effect", "en", "zh"}``, the one
    that moves the log-odds most first.
    """

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="%(class)s")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    model = models.ForeignKey(RiskModel, on_delete=models.CASCADE, related_name="+")
    as_of = models.DateField()
    computed_at = models.DateTimeField(default=clock.now)
    chance = models.FloatField()
    low = models.FloatField()
    high = models.FloatField()
    band = models.CharField(max_length=6, choices=LikelihoodBand.choices)
    reasons = models.JSONField(default=list)

    class Meta:
        abstract = True
        indexes = [models.Index(fields=["workspace", "chance"], name="%(class)s_by_chance")]

    def __str__(self) -> str:
        return f"{self.account} {self.chance:.3f}"


class ChurnChance(Likelihood):
    """How likely a customer is to leave."""


class ExpansionChance(Likelihood):
    """How likely a customer is to buy more."""


LIKELIHOODS: dict[str, type[ChurnChance] | type[ExpansionChance]] = {
    RiskTarget.CHURN.value: ChurnChance,
    RiskTarget.EXPANSION.value: ExpansionChance,
}
