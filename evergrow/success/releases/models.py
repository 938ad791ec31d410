"""Versions of products, which accounts run them, and who agreed to what they are to bring."""

from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from evergrow.customers.models import Account, Product
from evergrow.lib import bilingual, clock
from evergrow.workspaces.models import Member, Workspace

DATES = {
    "beta_on": pgettext_lazy("date of a version", "Beta from"),
    "released_on": pgettext_lazy("date of a version", "Released on"),
    "announced_on": pgettext_lazy("date of a version", "End announced on"),
    "last_order_on": pgettext_lazy("date of a version", "Last order"),
    "sale_ends_on": pgettext_lazy("date of a version", "End of sale"),
    "support_ends_on": pgettext_lazy("date of a version", "End of support"),
    "fixes_end_on": pgettext_lazy("date of a version", "End of security fixes"),
    "retired_on": pgettext_lazy("date of a version", "Retired on"),
}
"""The dates of a version in the order in which they lie. The four ends are the last day on which it is still so."""


class ProductVersion(models.Model):
    """A release of a product. Where it stands follows from its dates and today, see ``releases.standing``.

    ``news``: what is new in it. Product manager and product owner are a colleague each, or a name. ``used_by`` are
    criteria over accounts of who runs it, None where nothing says so; ``counted_at`` is when they were last asked,
    ``problem`` why they could not be.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="product_versions")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="versions")
    name = models.CharField(_("name"), max_length=60)
    news = models.JSONField(_("what is new"), default=dict, blank=True)
    owner = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="product_versions")
    product_manager = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    product_manager_name = models.CharField(max_length=120, blank=True)
    product_owner = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    product_owner_name = models.CharField(max_length=120, blank=True)
    beta_on = models.DateField(DATES["beta_on"], null=True, blank=True)
    released_on = models.DateField(DATES["released_on"], null=True, blank=True)
    announced_on = models.DateField(DATES["announced_on"], null=True, blank=True)
    last_order_on = models.DateField(DATES["last_order_on"], null=True, blank=True)
    sale_ends_on = models.DateField(DATES["sale_ends_on"], null=True, blank=True)
    support_ends_on = models.DateField(DATES["support_ends_on"], null=True, blank=True)
    fixes_end_on = models.DateField(DATES["fixes_end_on"], null=True, blank=True)
    retired_on = models.DateField(DATES["retired_on"], null=True, blank=True)
    used_by = models.JSONField(null=True, blank=True)
    counted_at = models.DateTimeField(null=True, blank=True)
    problem = models.TextField(blank=True)
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["product", "name"], name="product_version_once")]

    def __str__(self) -> str:
        return f"{self.product.called(get_language() or 'en')} {self.name}"

    @property
    def names(self) -> dict[str, str]:
        """Product and version in both languages, for what is told later."""
        return {language: f"{self.product.called(language)} {self.name}" for language in ("zh", "en")}

    @property
    def what_is_new(self) -> str:
        return bilingual.pick(self.news, get_language() or "en")

    @property
    def manager_called(self) -> str:
        """The product manager, "" where none is named."""
        return str(self.product_manager or self.product_manager_name)

    @property
    def owner_called(self) -> str:
        """The product owner, "" where none is named."""
        return str(self.product_owner or self.product_owner_name)

    def dates(self) -> dict[str, date | None]:
        """Its dates by their field, in their order."""
        return {name: getattr(self, name) for name in DATES}

    def facts(self) -> dict[str, Any]:
        """What defines the version, for the trail of its changes."""
        people = {"owner": str(self.owner or ""), "product_manager": self.manager_called}
        plain = {name: getattr(self, name) for name in ("name", "news", "used_by")}
        return {**plain, **people, "product_owner": self.owner_called, **self.dates()}


class VersionUse(models.Model):
    """An account runs a version, as its criteria said when they were last asked."""

    version = models.ForeignKey(ProductVersion, on_delete=models.CASCADE, related_name="uses")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="version_uses")
    since = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "account"], name="version_use_once")]

    def __str__(self) -> str:
        return f"{self.version} {self.account}"


class AgreedRole(models.TextChoices):
    """Who has to agree to what a version is to bring."""

    MANAGER = "pm", pgettext_lazy("agreed to a version", "Product manager")
    OWNER = "po", pgettext_lazy("agreed to a version", "Product owner")


class VersionAgreement(models.Model):
    """The product manager or the product owner agreed to the goals on a day; ``who`` is their name then."""

    version = models.ForeignKey(ProductVersion, on_delete=models.CASCADE, related_name="agreements")
    role = models.CharField(max_length=2, choices=AgreedRole.choices)
    who = models.CharField(max_length=120)
    agreed_on = models.DateField()
    note = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-agreed_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.version}: {self.who}"
