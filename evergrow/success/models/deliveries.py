from django.db import models
from django.utils.translation import pgettext_lazy

from evergrow.customers.models import Person
from evergrow.lib import clock
from evergrow.success.models.tasks import Task
from evergrow.workspaces.models import Workspace


class DeliveryKind(models.TextChoices):
    MAIL = "mail", pgettext_lazy("delivery", "Mail")
    WEBHOOK = "webhook", pgettext_lazy("delivery", "Webhook")


class DeliveryState(models.TextChoices):
    QUEUED = "queued", pgettext_lazy("delivery", "Waiting to be sent")
    SENDING = "sending", pgettext_lazy("delivery", "Being sent")
    SENT = "sent", pgettext_lazy("delivery", "Sent")
    FAILED = "failed", pgettext_lazy("delivery", "Failed")
    UNKNOWN = "unknown", pgettext_lazy("delivery", "Not known whether it arrived")
    CANCELLED = "cancelled", pgettext_lazy("delivery", "Not sent any more")


class Delivery(models.Model):
    """Something on its way out of a step: queued → sending (a lease) → sent | failed | unknown, by guarded updates.

    ``dedupe_key`` is made of the step, so that it goes out once however often the step is looked at; the mail's
    Message-ID and the webhook's id follow from it. ``handed_at`` is written just before the other side could have
    it: a sender that ended before it sent nothing, one that ended after it leaves the state ``unknown``.
    ``to`` is an address or a URL; ``content`` is subject and body, or the message as it was signed.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="deliveries")
    kind = models.CharField(max_length=8, choices=DeliveryKind.choices)
    dedupe_key = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.QUEUED)
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="deliveries")
    to = models.CharField(max_length=2000)
    content = models.JSONField(default=dict)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=clock.now)
    lease_until = models.DateTimeField(null=True, blank=True)
    handed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    response = models.TextField(blank=True)
    error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        # Not for the open states alone: SQLite uses such an index only where the states are written into the query.
        indexes = [models.Index(fields=["workspace", "state", "next_at"], name="deliveries_due")]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} → {self.to}"
