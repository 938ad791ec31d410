"""Work that somebody holds in another's stead."""

from django.db import models

from evergrow.lib import clock
from evergrow.success.models.signals import Signal
from evergrow.success.models.tasks import Task
from evergrow.workspaces.models import Absence, Member


class StandIn(models.Model):
    """A task or a signal that ``holder`` has because ``member`` is away. It goes back when the absence ends, if the
    holder still has it and it is still open.
    """

    absence = models.ForeignKey(Absence, on_delete=models.CASCADE, related_name="stand_ins")
    task = models.ForeignKey(Task, on_delete=models.CASCADE, null=True, related_name="stand_ins")
    signal = models.ForeignKey(Signal, on_delete=models.CASCADE, null=True, related_name="stand_ins")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    holder = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=clock.now)
    returned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["absence", "task"], name="one_stand_in_per_task"),
            models.UniqueConstraint(fields=["absence", "signal"], name="one_stand_in_per_signal"),
            models.CheckConstraint(
                condition=models.Q(task__isnull=False, signal=None) | models.Q(task=None, signal__isnull=False),
                name="stand_in_for_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holder} for {self.member}"
