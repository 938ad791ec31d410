"""Accounts that turned out to be one, with all that a merge moved and changed, so that it can be taken back."""

from datetime import timedelta

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from evergrow.customers.models.accounts import Account
from evergrow.lib import clock
from evergrow.workspaces.models import Member, Workspace

UNDO_DAYS = timedelta(days=7)


class AccountMerge(models.Model):
    """An account turned out to be another one. Until ``undo_until`` it can be taken back, and stays on the log then.

    - ``moved``: primary keys of rows that pointed at ``merged``, by model
    - ``followers``: primary keys of accounts that were merged into ``merged`` before
    - ``changed``: ``[model, primary key, field, key within the field or null, before, after]``, in order
    - ``dropped``: rows that could not move, as the serializer gives them
    - ``is_settled``: the event store agrees; ``events``: how many events it moved

    After ``undo_until`` these are forgotten.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    kept = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    merged = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    moved = models.JSONField(default=dict)
    followers = models.JSONField(default=list)
    changed = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    dropped = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    reason = models.CharField(max_length=80)
    by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    undo_until = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    is_settled = models.BooleanField(default=False)
    events = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merged"], condition=models.Q(undone_at=None), name="account_merged_into_one"
            )
        ]
        indexes = [models.Index(fields=["workspace", "-at"], name="account_merges_by_time")]

    def __str__(self) -> str:
        return f"{self.merged} → {self.kept}"
