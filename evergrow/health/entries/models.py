"""Entered values. They are never changed: a later one counts instead, and an earlier day can be looked at again."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evergrow.customers.models import Account
from evergrow.lib import clock
from evergrow.workspaces.models import Member, Workspace


class EntryOrigin(models.TextChoices):
    HAND = "hand", pgettext_lazy("origin of a value", "by hand")
    IMPORT = "import", pgettext_lazy("origin of a value", "by another program")


class Entry(models.Model):
    """A value of an account under a name (``key``), as it was observed on a day; the latest up to a day counts."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="health_entries")
    key = models.CharField(max_length=60)
    value = models.FloatField(_("value"))
    observed_on = models.DateField(_("observed on"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    origin = models.CharField(max_length=6, choices=EntryOrigin.choices, default=EntryOrigin.HAND)
    by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        app_label = "health"
        indexes = [models.Index(fields=["workspace", "key", "observed_on"], name="health_entries_by_day")]

    def __str__(self) -> str:
        return f"{self.account} {self.key} {self.value:g}"
