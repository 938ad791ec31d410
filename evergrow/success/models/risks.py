"""The risk register, and the customers who are being saved."""

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evergrow.customers.models import Account, Product
from evergrow.lib import clock
from evergrow.success.models.signals import Signal
from evergrow.workspaces.models import Member, Workspace


class RiskCategory(models.TextChoices):
    CUSTOMER = "customer", pgettext_lazy("category of a risk", "Customer")
    PRODUCT = "product", pgettext_lazy("category of a risk", "Product and quality")
    DELIVERY = "delivery", pgettext_lazy("category of a risk", "Delivery and service")
    COMMERCIAL = "commercial", pgettext_lazy("category of a risk", "Commercial and contract")
    MARKET = "market", pgettext_lazy("category of a risk", "Market and competition")
    COMPLIANCE = "compliance", pgettext_lazy("category of a risk", "Compliance and data")
    PEOPLE = "people", pgettext_lazy("category of a risk", "People and capacity")


class RiskTreatment(models.TextChoices):
    AVOID = "avoid", pgettext_lazy("treatment of a risk", "Avoid")
    REDUCE = "reduce", pgettext_lazy("treatment of a risk", "Reduce")
    TRANSFER = "transfer", pgettext_lazy("treatment of a risk", "Transfer")
    ACCEPT = "accept", pgettext_lazy("treatment of a risk", "Accept")


class RiskState(models.TextChoices):
    IDENTIFIED = "identified", pgettext_lazy("state of a risk", "Identified")
    ASSESSED = "assessed", pgettext_lazy("state of a risk", "Assessed")
    TREATING = "treating", pgettext_lazy("state of a risk", "Being treated")
    MONITORING = "monitoring", pgettext_lazy("state of a risk", "Monitored")
    CLOSED = "closed", pgettext_lazy("state of a risk", "Closed")
    OCCURRED = "occurred", pgettext_lazy("state of a risk", "Occurred")


OPEN_RISKS = [RiskState.IDENTIFIED, RiskState.ASSESSED, RiskState.TREATING, RiskState.MONITORING]
GRAVE, MIDDLING = 15, 8  # scores from which a risk is high, and medium
SCALE = models.Q(likelihood__range=(1, 5)) & models.Q(impact__range=(1, 5))
LEFT = models.Q(left_likelihood=None, left_impact=None) | models.Q(
    left_likelihood__range=(1, 5), left_impact__range=(1, 5)
)


class Risk(models.Model):
    """What may happen, why, and what it would do: likelihood and impact from 1 to 5, before controls and after them.

    ``left_…`` is what remains with the controls in place (the residual risk), None until it was judged. Scores are
    likelihood × impact, 1 to 25. ``stage`` is free: the key of a stage of a lifecycle, or of a project.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="risks")
    number = models.PositiveIntegerField()
    title = models.CharField(_("risk"), max_length=200)
    category = models.CharField(_("category"), max_length=12, choices=RiskCategory.choices)
    cause = models.TextField(_("cause"), blank=True)
    event = models.TextField(_("event"), blank=True)
    consequence = models.TextField(_("consequence"), blank=True)
    likelihood = models.PositiveSmallIntegerField(_("likelihood"), default=3)
    impact = models.PositiveSmallIntegerField(_("impact"), default=3)
    left_likelihood = models.PositiveSmallIntegerField(_("likelihood with controls"), null=True, blank=True)
    left_impact = models.PositiveSmallIntegerField(_("impact with controls"), null=True, blank=True)
    controls = models.TextField(_("controls"), blank=True)
    treatment = models.CharField(_("treatment"), max_length=8, choices=RiskTreatment.choices, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=RiskState.choices, default=RiskState.IDENTIFIED)
    owner = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="risks")
    review_on = models.DateField(_("review on"), null=True, blank=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, blank=True, related_name="risks")
    product = models.ForeignKey(Product, on_delete=models.SET_NULL, null=True, blank=True, related_name="risks")
    stage = models.CharField(_("stage"), max_length=60, blank=True)
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "number"], name="risk_number"),
            models.CheckConstraint(condition=SCALE, name="risk_from_one_to_five"),
            models.CheckConstraint(condition=LEFT, name="risk_left_from_one_to_five"),
        ]
        indexes = [models.Index(fields=["workspace", "state", "review_on"], name="risks_by_review")]

    def __str__(self) -> str:
        return self.title

    @property
    def inherent(self) -> int:
        return self.likelihood * self.impact

    @property
    def residual(self) -> int | None:
        return (
            None
            if self.left_likelihood is None or self.left_impact is None
            else self.left_likelihood * self.left_impact
        )

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_RISKS

    def is_overdue(self, today: date) -> bool:
        return self.is_open and self.review_on is not None and self.review_on < today


class RiskMove(models.Model):
    """One line of a risk's history: another state, or fields that were changed (``before`` → ``after``)."""

    risk = models.ForeignKey(Risk, on_delete=models.CASCADE, related_name="moves")
    act = models.CharField(max_length=12)
    state = models.CharField(max_length=10, choices=RiskState.choices)
    reason = models.TextField(blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.risk} {self.act}"


class RescueStage(models.TextChoices):
    AT_RISK = "at_risk", pgettext_lazy("stage of a rescue", "At risk")
    PLANNED = "planned", pgettext_lazy("stage of a rescue", "Plan in place")
    SAVING = "saving", pgettext_lazy("stage of a rescue", "Saving")
    RECOVERED = "recovered", pgettext_lazy("stage of a rescue", "Recovered")
    LOST = "lost", pgettext_lazy("stage of a rescue", "Lost")


OPEN_RESCUES = [RescueStage.AT_RISK, RescueStage.PLANNED, RescueStage.SAVING]


class RescueReason(models.TextChoices):
    ADOPTION = "adoption", pgettext_lazy("reason of a rescue", "Little use")
    VALUE = "value", pgettext_lazy("reason of a rescue", "Value not seen")
    PRODUCT = "product", pgettext_lazy("reason of a rescue", "Missing function or quality")
    SUPPORT = "support", pgettext_lazy("reason of a rescue", "Unhappy with service")
    PRICE = "price", pgettext_lazy("reason of a rescue", "Price or budget")
    COMPETITOR = "competitor", pgettext_lazy("reason of a rescue", "Competitor")
    CHAMPION = "champion", pgettext_lazy("reason of a rescue", "Our advocate left")
    CHANGE = "change", pgettext_lazy("reason of a rescue", "Change at the customer")
    RELATION = "relation", pgettext_lazy("reason of a rescue", "Weak relation")
    OTHER = "other", pgettext_lazy("reason of a rescue", "Other reason")


class Rescue(models.Model):
    """An account that is at risk of leaving, from the alarm to recovered or lost; one open at a time.

    ``reasons``: several of RescueReason. ``mrr`` is what was at stake when it began.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="rescues")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="rescues")
    signal = models.ForeignKey(Signal, on_delete=models.SET_NULL, null=True, blank=True, related_name="rescues")
    stage = models.CharField(_("stage"), max_length=10, choices=RescueStage.choices, default=RescueStage.AT_RISK)
    reasons = models.JSONField(default=list)
    note = models.TextField(_("what happened, and what is planned"), blank=True)
    owner = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="rescues")
    mrr = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    began_at = models.DateTimeField(default=clock.now)
    began_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    stage_since = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=models.Q(stage__in=["at_risk", "planned", "saving"]),
                name="one_open_rescue_of_an_account",
            )
        ]
        indexes = [models.Index(fields=["workspace", "stage"], name="rescues_by_stage")]

    def __str__(self) -> str:
        return f"{self.account} {self.stage}"

    @property
    def is_open(self) -> bool:
        return self.stage in OPEN_RESCUES


class RescueStay(models.Model):
    """How long a rescue stood in a stage; the one without an end is where it stands."""

    rescue = models.ForeignKey(Rescue, on_delete=models.CASCADE, related_name="stays")
    stage = models.CharField(max_length=10, choices=RescueStage.choices)
    entered_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rescue"], condition=models.Q(left_at=None), name="one_open_stay_of_a_rescue"
            )
        ]

    def __str__(self) -> str:
        return f"{self.rescue} {self.stage}"
