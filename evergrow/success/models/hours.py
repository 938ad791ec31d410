from datetime import time

from django.db import models
from django.utils.translation import gettext_lazy as _

from evergrow.workspaces.models import Workspace


class WorkHours(models.Model):
    """When people of a workspace work on a working day of its calendar. Without a row: 9:00–12:00, 13:30–18:00."""

    workspace = models.OneToOneField(Workspace, on_delete=models.CASCADE, related_name="work_hours")
    opens = models.TimeField(_("begins"), default=time(9))
    closes = models.TimeField(_("ends"), default=time(18))
    break_from = models.TimeField(_("break from"), null=True, blank=True, default=time(12))
    break_to = models.TimeField(_("break to"), null=True, blank=True, default=time(13, 30))

    def __str__(self) -> str:
        return f"{self.opens:%H:%M}–{self.closes:%H:%M}"
