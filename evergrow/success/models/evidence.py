from django.db import models

from evergrow.customers.models import Attachment
from evergrow.success.models.tasks import Task


class EvidenceFile(models.Model):
    """A file that shows what a task came to."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="evidence_files")
    attachment = models.OneToOneField(Attachment, on_delete=models.CASCADE, related_name="evidence")

    def __str__(self) -> str:
        return str(self.attachment)
