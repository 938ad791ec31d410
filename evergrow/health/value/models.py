"""How a workspace reckons what a customer is worth, and what each account came to."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from evergrow.customers.models import Account
from evergrow.lib import clock
from evergrow.workspaces.models import Member, Workspace


class Method(models.TextChoices):
    CONTRACTS = "contracts", _("Contracts: how long customers stay")
    PURCHASES = "purchases", _("Purchases: how often customers buy again")
    SIMPLE = "simple", _("Simple: revenue, margin and churn of all")


class GroupBy(models.TextChoices):
    NONE = "", _("all customers together")
    PLAN = "plan", _("by plan")
    TIER = "tier", _("by tier")


class ValueSettings(models.Model):
    """``margin`` is a share (0–1) of revenue, ``discount`` a share a year, ``growth`` what the margin of a customer
    grows by a month, in the workspace's currency (for the simple method). Without an event purchases are invoices."""

    workspace = models.OneToOneField(Workspace, on_delete=models.CASCADE, related_name="value_settings")
    method = models.CharField(_("method"), max_length=10, choices=Method.choices, default=Method.CONTRACTS)
    margin = models.DecimalField(_("gross margin"), max_digits=5, decimal_places=4, default=Decimal("0.8"))
    discount = models.DecimalField(_("discount rate a year"), max_digits=5, decimal_places=4, default=Decimal("0.1"))
    horizon = models.PositiveSmallIntegerField(_("horizon in months"), default=36)
    growth = models.DecimalField(_("growth of margin a month"), max_digits=12, decimal_places=2, default=Decimal(0))
    group_by = models.CharField(_("tenure"), max_length=8, choices=GroupBy.choices, blank=True, default=GroupBy.PLAN)
    event = models.CharField(_("purchase event"), max_length=200, blank=True)
    property = models.CharField(_("property with the amount"), max_length=200, blank=True)
    changed_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField(default=clock.now)
    # What the last computation learned, for the page: parameters, counts, notes in plain words
    learned = models.JSONField(default=dict)
    computed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.workspace} {self.method}"


class AccountValue(models.Model):
    """What an account's margin within the horizon is worth today, with a 95 % interval of that expectation.

    ``alive`` is the chance that it still buys (purchases) or is still there at the end of the horizon (contracts);
    ``expected`` the purchases to come, ``months`` those the horizon was cut to.
    """

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="lifetime_value")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    method = models.CharField(max_length=10, choices=Method.choices)
    value = models.FloatField()
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    alive = models.FloatField(null=True)
    expected = models.FloatField(null=True)
    monthly = models.FloatField(null=True)
    months = models.FloatField(null=True)
    facts = models.JSONField(default=dict)
    as_of = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["workspace", "-value"], name="values_largest_first")]
        constraints = [models.CheckConstraint(condition=Q(value__gte=0), name="value_not_below_zero")]

    def __str__(self) -> str:
        return f"{self.account} {self.value:.2f}"
