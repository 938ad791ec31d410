"""Products, as much of them as stages need: a name, a code, and which accounts use them."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evergrow.customers.models.accounts import Account
from evergrow.lib import bilingual, clock
from evergrow.workspaces.models import Workspace


class Product(models.Model):
    """Something the workspace offers. ``number`` is dense within the workspace.

    ``used_by``: criteria over accounts that say who uses it, None where only people say so.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="products")
    number = models.PositiveIntegerField()
    code = models.SlugField(_("code"), max_length=60)
    name = models.CharField(_("name in English"), max_length=120, blank=True)
    name_zh = models.CharField(_("Chinese name"), max_length=120, blank=True)
    used_by = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "code"], name="product_code"),
            models.UniqueConstraint(fields=["workspace", "number"], name="product_number"),
        ]

    def __str__(self) -> str:
        return self.name or self.name_zh or self.code

    @property
    def names(self) -> dict[str, str]:
        """Both names, for the ``bilingual`` filter."""
        shown = str(self)
        return {"en": self.name or shown, "zh": self.name_zh or shown}

    def called(self, language: str) -> str:
        """The name to show to a reader of this language."""
        return bilingual.pick(self.names, language)


class ProductUse(models.Model):
    """An account uses a product, because its criteria say so or because somebody did."""

    class Source(models.TextChoices):
        RULE = "rule", pgettext_lazy("use of a product", "By criteria")
        MANUAL = "manual", pgettext_lazy("use of a product", "By hand")

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="uses")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="product_uses")
    source = models.CharField(max_length=6, choices=Source.choices, default=Source.RULE)
    since = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["product", "account"], name="product_use_once")]

    def __str__(self) -> str:
        return f"{self.product} {self.account}"
