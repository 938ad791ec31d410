"""Weekly readings of how well scores and predictions rank, kept as they were found."""

from django.db import models
from django.utils.translation import pgettext_lazy

from evergrow.lib import clock
from evergrow.workspaces.models import Workspace


class Watched(models.TextChoices):
    SCORECARD = "scorecard", pgettext_lazy("watched every week", "Scorecard")
    CHURN = "churn", pgettext_lazy("watched every week", "Churn model")
    EXPANSION = "expansion", pgettext_lazy("watched every week", "Expansion model")


class Reading(models.Model):
    """How well one version ranked accounts whose outcome is known by ``week`` (its Monday).

    ``is_reference``: what it was at publishing, or the first reading that had data enough; later ones are held against
    it. ``first`` to ``last``: the past days it was asked of, null where there were none. ``area`` (AUC) with its 95 %
    interval and standard ``error``, null with too few to whom it ``happened`` or did not (accounts). ``drop``: the
    reference minus this one, with the low end of its interval; ``has_fallen`` where that lies above 0.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    watched = models.CharField(max_length=10, choices=Watched.choices)
    version = models.PositiveIntegerField()
    week = models.DateField()
    is_reference = models.BooleanField(default=False)
    within = models.PositiveSmallIntegerField()
    first = models.DateField(null=True)
    last = models.DateField(null=True)
    rows = models.PositiveIntegerField(default=0)
    happened = models.PositiveIntegerField(default=0)
    others = models.PositiveIntegerField(default=0)
    area = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    error = models.FloatField(null=True)
    drop = models.FloatField(null=True)
    drop_low = models.FloatField(null=True)
    has_fallen = models.BooleanField(default=False)
    computed_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "watched", "week"],
                condition=models.Q(is_reference=False),
                name="one_weekly_reading",
            ),
            models.UniqueConstraint(
                fields=["workspace", "watched", "version"],
                condition=models.Q(is_reference=True),
                name="one_weekly_reference",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.watched} v{self.version} {self.week}"

    @property
    def change(self) -> float | None:
        """The area less that at publishing."""
        return None if self.drop is None else -self.drop
