"""Movements of recurring revenue: what an account's subscriptions added or took away, written once."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evergrow.customers.models import Account
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace


class Kind(models.TextChoices):
    NEW = "new", pgettext_lazy("movement", "New")
    EXPANSION = "expansion", _("Expansion")
    CONTRACTION = "contraction", _("Contraction")
    CHURN = "churn", pgettext_lazy("movement", "Churn")
    REACTIVATION = "reactivation", _("Reactivation")


class Movement(models.Model):
    """A change of an account's monthly recurring revenue on a day, in the workspace's currency.

    Rows are never changed nor deleted. What turns out otherwise (a late contract, a merge of accounts, another
    exchange rate) is booked as a counter-entry with the opposite amount (``reverses``) and a new movement beside it;
    so the rows of an account up to a day always add up to its revenue of that day.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="movements")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    effective_on = models.DateField()
    booked_at = models.DateTimeField(default=clock.now)
    reverses = models.OneToOneField("self", on_delete=models.CASCADE, null=True, related_name="reversed_by")

    class Meta:
        indexes = [models.Index(fields=["workspace", "account", "effective_on"], name="movements_by_account")]
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="movement_moves")]

    def __str__(self) -> str:
        return f"{self.effective_on} {self.kind} {self.amount}"
