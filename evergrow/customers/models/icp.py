"""The ideal customer profile, and how well each account fits it."""

from django.db import models

from evergrow.customers.models.accounts import Account
from evergrow.customers.models.tiers import Edition
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace


class IdealProfile(Edition):
    """Criteria with weights; ``customers.icp.profile`` reads the definition."""


class AccountFit(models.Model):
    """How well an account fits the published profile, kept by the nightly computation.

    ``fit`` is 0 to 100, empty where less than the profile's least share of the weight is known. ``met``:
    ``{criterion: true | false | null}``, null where data is missing.
    """

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="fit_state")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    profile = models.ForeignKey(IdealProfile, on_delete=models.CASCADE, related_name="+")
    fit = models.FloatField(null=True)
    coverage = models.FloatField(default=0)
    met = models.JSONField(default=dict)
    computed_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["workspace", "fit"], name="fit_by_score")]

    def __str__(self) -> str:
        return f"{self.account} {self.fit}"
