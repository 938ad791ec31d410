"""What belongs to a source of events: a write key with its limits, and how often the door refused it."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from evergrow.workspaces.models import Key, Member

MOST_PER_SECOND = 10_000_000
MOST_A_DAY = 2_000_000_000
MOST_KIB = 20 * 1024
TAKEN = "taken"


def _up_to(most: int) -> list[MaxValueValidator]:
    return [MaxValueValidator(most)]


class SourceSettings(models.Model):
    """What a source may do. An empty limit means the default of the settings, 0 none at all.

    ``origins`` are the pages that may send (empty: all); a source with ``paused_at`` is refused everything.
    """

    key = models.OneToOneField(Key, on_delete=models.CASCADE, primary_key=True, related_name="source_settings")
    per_second = models.PositiveIntegerField(_("Events a second"), null=True, validators=_up_to(MOST_PER_SECOND))
    burst = models.PositiveIntegerField(_("Events at once"), null=True, validators=_up_to(MOST_A_DAY))
    per_day = models.PositiveIntegerField(_("Events a day"), null=True, validators=_up_to(MOST_A_DAY))
    message_kib = models.PositiveIntegerField(_("KiB per message"), null=True, validators=_up_to(MOST_KIB))
    request_kib = models.PositiveIntegerField(_("KiB per request"), null=True, validators=_up_to(MOST_KIB))
    origins = models.JSONField(_("Allowed pages"), default=list)
    paused_at = models.DateTimeField(null=True)
    paused_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    def __str__(self) -> str:
        return str(self.key)


class SourceTally(models.Model):
    """How often something happened to a source on a day (UTC) at the door.

    ``what`` is ``taken`` (only counted where a daily quota is set) or the code of a refusal.
    """

    key = models.ForeignKey(Key, on_delete=models.CASCADE, related_name="tallies")
    day = models.DateField()
    what = models.CharField(max_length=40)
    count = models.PositiveBigIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "day", "what"], name="tally_once")]

    def __str__(self) -> str:
        return f"{self.key} {self.day} {self.what}: {self.count}"
