"""Changes of many rows at once, with what the rows held before, so that they can be taken back."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evergrow.customers.models.accounts import Account
from evergrow.customers.models.people import Person
from evergrow.lib import clock
from evergrow.workspaces.models import Job, Member, Workspace


class BulkKind(models.TextChoices):
    TIER = "tier", _("Tier set")
    TEAM = "team", _("Role handed over")
    TRAIT = "trait", _("Trait set")
    DELETE = "delete", _("Deleted")


BULK_NAMES: dict[str, Any] = dict(BulkKind.choices)
"""What changes of each kind are called; rooms above add to it with their kinds."""


class BulkState(models.TextChoices):
    RUNNING = "running", pgettext_lazy("bulk change", "Running")
    DONE = "done", pgettext_lazy("bulk change", "Done")
    UNDOING = "undoing", pgettext_lazy("bulk change", "Being undone")
    UNDONE = "undone", pgettext_lazy("bulk change", "Undone")
    FINAL = "final", pgettext_lazy("bulk change", "Final")


class BulkChange(models.Model):
    """One act on many accounts or people. Until ``undo_until`` it can be taken back."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="bulk_changes")
    kind = models.CharField(max_length=10, choices=BulkKind.choices)
    subject = models.CharField(max_length=8, default="account")
    args = models.JSONField(default=dict)
    by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    count = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=8, choices=BulkState.choices, default=BulkState.RUNNING)
    undo_until = models.DateTimeField()
    undone_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    restored = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    job = models.ForeignKey(Job, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["workspace", "-at"], name="bulk_changes_by_time")]

    def __str__(self) -> str:
        return f"{self.name} · {self.count}"

    @property
    def name(self) -> str:
        """What it is called."""
        return str(BULK_NAMES.get(self.kind, self.kind))

    @property
    def can_be_undone(self) -> bool:
        return self.state == BulkState.DONE and clock.now() < self.undo_until

    @property
    def is_open(self) -> bool:
        return self.state in (BulkState.RUNNING, BulkState.UNDOING)


class BulkRow(models.Model):
    """What one row held before and after a bulk change; ``is_undone`` once it was put back."""

    change = models.ForeignKey(BulkChange, on_delete=models.CASCADE, related_name="rows")
    object_id = models.BigIntegerField()
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    is_undone = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["change", "object_id"], name="bulk_row_once")]

    def __str__(self) -> str:
        return f"{self.change_id} {self.object_id}"


class Trashed(models.Model):
    """An account or a person that was deleted and is hidden everywhere; on ``erase_at`` it goes for good."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    account = models.OneToOneField(Account, on_delete=models.CASCADE, null=True, related_name="trashed")
    person = models.OneToOneField(Person, on_delete=models.CASCADE, null=True, related_name="trashed")
    change = models.ForeignKey(BulkChange, on_delete=models.SET_NULL, null=True, related_name="trashed")
    erase_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["erase_at"], name="trashed_by_time")]

    def __str__(self) -> str:
        return str(self.account or self.person)
