from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from evergrow.lib import bilingual, clock
from evergrow.workspaces.models import Workspace


class AccountStatus(models.TextChoices):
    """Where the account stands with us commercially, derived from its subscriptions."""

    PROSPECT = "prospect", _("Prospect")
    TRIAL = "trial", _("In trial")
    ACTIVE = "active", _("Customer")
    EXPIRED = "expired", _("Trial expired")
    CANCELLED = "cancelled", _("Cancelled")


class Tier(models.TextChoices):
    """The keys every workspace begins with; ``customers.tiers.scheme`` knows the ones it has now."""

    STRATEGIC = "strategic", _("Strategic")
    VIP = "vip", _("VIP")
    GENERAL = "general", _("General")


class Present(models.Manager["Account"]):
    """The accounts that count: neither merged into another one nor waiting in the trash to be erased."""

    def get_queryset(self) -> "models.QuerySet[Account]":
        trashed = apps.get_model("customers.Trashed")._base_manager.filter(account=models.OuterRef("pk"))
        return super().get_queryset().filter(~models.Exists(trashed), merged_into=None)


class Everyone(models.Manager["Account"]):
    """All accounts, merged ones and those in the trash too: for who is who, and for keeping rows right."""

    def known(self, workspace_id: int, external_ids: Iterable[str]) -> dict[str, tuple[int, int]]:
        """``{id in your systems: (primary key, number)}`` of the accounts that these ids mean now.

        The id of an account that was merged means the one it belongs to.
        """
        rows = self.filter(workspace_id=workspace_id, external_id__in=external_ids)
        now = rows.annotate(
            now=Coalesce("merged_into", "pk"), now_number=Coalesce("merged_into__number", models.F("number"))
        )
        return {
            external_id: (pk, number) for external_id, pk, number in now.values_list("external_id", "now", "now_number")
        }


class Account(models.Model):
    """A customer organisation. ``number`` is dense within the workspace: it stands in addresses and in bitmaps.

    One that was merged into another keeps its number and its id, which mean the other one from then on.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="accounts")
    number = models.PositiveIntegerField()
    external_id = models.CharField(_("id in your systems"), max_length=200)
    name = models.CharField(_("name"), max_length=200)
    other_name = models.CharField(_("name in the other language"), max_length=200, blank=True)
    domain = models.CharField(_("web domain"), max_length=200, blank=True)
    country = models.CharField(_("country"), max_length=80, blank=True)
    industry = models.CharField(_("industry"), max_length=80, blank=True)
    size = models.CharField(_("company size"), max_length=40, blank=True)
    channel = models.CharField(_("first touch"), max_length=80, blank=True)
    signed_up_on = models.DateField(_("signed up"), null=True, blank=True)
    parent = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("parent account"),
    )
    merged_into = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="merged_from")
    tier = models.CharField(_("tier"), max_length=40, default=Tier.GENERAL)
    traits = models.JSONField(default=dict, blank=True)
    # Where each trait, and each field that messages teach, has its value from: {trait: [source, milliseconds]}
    origins = models.JSONField(default=dict, blank=True)
    import_id = models.BigIntegerField(null=True, db_index=True)
    created_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now)

    # Kept right by customers.actions.refresh_commerce from the subscriptions
    status = models.CharField(_("status"), max_length=10, choices=AccountStatus.choices, default=AccountStatus.PROSPECT)
    plan = models.CharField(_("plan"), max_length=80, blank=True)
    mrr = models.DecimalField(_("MRR"), max_digits=14, decimal_places=2, default=Decimal(0))
    seats = models.PositiveIntegerField(_("seats"), null=True, blank=True)
    customer_since = models.DateField(_("customer since"), null=True, blank=True)
    renews_on = models.DateField(_("renewal"), null=True, blank=True)
    cancelled_on = models.DateField(_("cancelled"), null=True, blank=True)

    objects = Present()
    everyone = Everyone()

    # What columns of a list loaded for the rows of one page, by column key; no field of the store
    facts: dict[str, Any]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "number"], name="account_number"),
            models.UniqueConstraint(fields=["workspace", "external_id"], name="account_external_id"),
        ]
        indexes = [
            models.Index(fields=["workspace", "status", "mrr"], name="accounts_by_mrr"),
            models.Index(fields=["workspace", "renews_on"], name="accounts_by_renewal"),
            models.Index(fields=["workspace", "name"], name="accounts_by_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def renews_in(self) -> int | None:
        """Days from the workspace's today to the renewal; negative when it is overdue."""
        return None if self.renews_on is None else (self.renews_on - self.workspace.today()).days

    def get_tier_display(self) -> str:
        """The tier's name in the workspace's scheme, for the reader."""
        from evergrow.customers.tiers import scheme

        return scheme.of(self.workspace).name(self.tier)

    @property
    def tier_look(self) -> str:
        """The class of the tier's badge."""
        from evergrow.customers.tiers import scheme

        return scheme.of(self.workspace).look(self.tier)

    @property
    def names(self) -> bilingual.Name:
        """Both names, for the ``bilingual`` filter."""
        return bilingual.both(self.name, self.other_name)

    def called(self, language: str) -> str:
        """The name to show to a reader of this language."""
        return bilingual.pick(self.names, language)
