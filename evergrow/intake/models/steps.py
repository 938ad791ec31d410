from django.db import models

from evergrow.lib import clock
from evergrow.workspaces.models import Workspace


class AppliedStep(models.Model):
    """A message whose additions to its person's traits are counted, so that it never counts again.

    ``digest`` stands for its message id. The row is written in the same transaction as the traits.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=32)
    applied_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "digest"], name="step_once")]

    def __str__(self) -> str:
        return self.digest
