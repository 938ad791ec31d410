"""Runs that were taken to another version of their playbook, and what they were before, for the way back."""

from datetime import timedelta

from django.db import models

from evergrow.lib import clock
from evergrow.success.models.playbooks import PlaybookVersion
from evergrow.success.models.runs import Run
from evergrow.workspaces.models import Member

UNDO_DAYS = timedelta(days=7)


class RunMove(models.Model):
    """A run went from one version to another. ``before`` holds its steps as they were, see ``versions.snapshot``."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="moves")
    from_version = models.ForeignKey(PlaybookVersion, on_delete=models.RESTRICT, related_name="+")
    to_version = models.ForeignKey(PlaybookVersion, on_delete=models.RESTRICT, related_name="+")
    by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    before = models.JSONField()
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["run", "-at"], name="run_moves_of_run")]

    def __str__(self) -> str:
        return f"{self.run} v{self.from_version.number} → v{self.to_version.number}"

    @property
    def can_be_undone(self) -> bool:
        """Within seven days, while nobody undid it. Work done since may still stand in the way."""
        return self.undone_at is None and clock.now() - self.at <= UNDO_DAYS
