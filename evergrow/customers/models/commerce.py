from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evergrow.customers.models.accounts import Account
from evergrow.customers.models.people import Person
from evergrow.lib import clock
from evergrow.workspaces.models import Workspace


class SubscriptionStatus(models.TextChoices):
    TRIAL = "trial", _("In trial")
    ACTIVE = "active", pgettext_lazy("subscription", "Active")
    CANCELLED = "cancelled", _("Cancelled")
    EXPIRED = "trial_expired", _("Trial expired")


class Imported(models.Model):
    """A row that came from another system and is known there by an id."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    external_id = models.CharField(max_length=200)
    import_id = models.BigIntegerField(null=True, db_index=True)

    class Meta:
        abstract = True
        constraints = [models.UniqueConstraint(fields=["workspace", "external_id"], name="%(class)s_external_id")]


class ExchangeRate(models.Model):
    """What one unit of a foreign currency is worth in the workspace's own: one rate for all days, so that a growth of
    revenue is never one of exchange rates."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="exchange_rates")
    currency = models.CharField(_("currency"), max_length=3)
    rate = models.DecimalField(_("rate"), max_digits=18, decimal_places=8)
    set_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "currency"], name="one_rate_per_currency")]

    def __str__(self) -> str:
        return f"{self.currency} {self.rate}"


class Subscription(Imported):
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="subscriptions")
    plan = models.CharField(_("plan"), max_length=80)
    status = models.CharField(_("status"), max_length=16, choices=SubscriptionStatus.choices)
    mrr = models.DecimalField(_("MRR"), max_digits=14, decimal_places=2, default=Decimal(0))
    # Empty for the workspace's own
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    seats = models.PositiveIntegerField(_("seats"), null=True, blank=True)
    trial_started_on = models.DateField(_("trial started"), null=True, blank=True)
    started_on = models.DateField(_("started"), null=True, blank=True)
    renews_on = models.DateField(_("renewal"), null=True, blank=True)
    cancelled_on = models.DateField(_("cancelled"), null=True, blank=True)
    auto_renews = models.BooleanField(_("renews by itself"), default=False)

    def __str__(self) -> str:
        return f"{self.plan} {self.external_id}"


class InvoiceStatus(models.TextChoices):
    PAID = "paid", _("Paid")
    OPEN = "open", pgettext_lazy("invoice", "Open")
    OVERDUE = "overdue", _("Overdue")
    VOID = "void", _("Void")


class Invoice(Imported):
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="invoices")
    issued_on = models.DateField(_("issued"))
    due_on = models.DateField(_("due"), null=True, blank=True)
    paid_on = models.DateField(_("paid"), null=True, blank=True)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    status = models.CharField(_("status"), max_length=8, choices=InvoiceStatus.choices)

    def __str__(self) -> str:
        return self.external_id


class TicketPriority(models.TextChoices):
    LOW = "low", _("Low")
    MEDIUM = "medium", _("Medium")
    HIGH = "high", _("High")
    URGENT = "urgent", _("Urgent")


class Ticket(Imported):
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="tickets")
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="tickets")
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    priority = models.CharField(_("priority"), max_length=8, choices=TicketPriority.choices)
    opened_at = models.DateTimeField(_("opened"))
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    resolution_hours = models.FloatField(_("hours to solve"), null=True, blank=True)
    csat = models.FloatField(_("satisfaction"), null=True, blank=True)

    class Meta(Imported.Meta):
        indexes = [models.Index(fields=["workspace", "opened_at"], name="tickets_by_time")]

    def __str__(self) -> str:
        return self.subject or self.external_id


class Touch(Imported):
    """A marketing contact before or around the sign-up."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="touches")
    touched_on = models.DateField(_("date"))
    channel = models.CharField(_("channel"), max_length=80)
    campaign = models.CharField(_("campaign"), max_length=120, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.channel} {self.touched_on}"
