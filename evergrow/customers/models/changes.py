from django.db import models


class TraitChange(models.Model):
    """A person or an account whose mirror in the event store is out of date; number 0 means all of the kind.

    Written by triggers of the database (``criteria.triggers``), so that every way of writing counts; taken away by
    ``criteria.mirror.refresh``.
    """

    workspace_id = models.BigIntegerField()
    kind = models.CharField(max_length=8)
    subject = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["workspace_id", "id"], name="trait_changes_by_workspace")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
