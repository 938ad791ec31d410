"""The full-text index: what can be found, and what has to be read again."""

from django.db import models

from evergrow.customers.models.accounts import Account
from evergrow.customers.models.record import Visibility
from evergrow.workspaces.models import Member, Workspace


class SearchEntry(models.Model):
    """One thing that can be found. ``terms`` are its words as the index cuts them; ``object_id`` is its row's key."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, related_name="+")
    author = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    visibility = models.CharField(max_length=8, choices=Visibility.choices, default=Visibility.ACCOUNT)
    at = models.DateTimeField()
    title = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    terms = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "object_id"], name="search_entry_once")]
        indexes = [models.Index(fields=["workspace", "kind", "-at"], name="search_by_time")]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class SearchStale(models.Model):
    """A row whose entry is out of date; written by triggers, taken away by the index."""

    kind = models.CharField(max_length=20)
    object_id = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"
