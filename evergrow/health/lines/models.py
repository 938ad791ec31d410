"""How an account stands with each product that it uses and that has a scorecard of its own, now."""

from django.db import models

from evergrow.customers.models import Account, Product
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace


class ProductLineHealth(models.Model):
    """Kept by ``actions.compute``. ``score`` None where nothing was observed; ``band`` as of ``AccountHealth``.

    ``version`` is the number of the product card's version. ``measures``: ``{"key", "value", "points", "weight"}`` as
    they stand on that card, gaps None.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="product_lines")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()
    as_of = models.DateField()
    computed_at = models.DateTimeField(default=clock.now)
    score = models.FloatField(null=True)
    band = models.CharField(max_length=12)
    coverage = models.FloatField(default=0)
    measures = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "product"], name="one_health_a_product_line")]

    def __str__(self) -> str:
        return f"{self.account} {self.product} {self.band}"
