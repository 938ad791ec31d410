from django.db import models
from django.utils.translation import pgettext_lazy

from evergrow.lib import clock
from evergrow.success.models.tasks import Task
from evergrow.workspaces.models import Member


class VoteState(models.TextChoices):
    ASKED = "asked", pgettext_lazy("vote", "Asked")
    APPROVED = "approved", pgettext_lazy("vote", "Approved")
    DECLINED = "declined", pgettext_lazy("vote", "Declined")
    DELEGATED = "delegated", pgettext_lazy("vote", "Given to another")
    ESCALATED = "escalated", pgettext_lazy("vote", "Did not answer in time")
    CLOSED = "closed", pgettext_lazy("vote", "No longer needed")


class Vote(models.Model):
    """One colleague's say in an approval. ``round`` counts how often it was asked; ``stands_for`` is the vote that was
    given to them or went on to them because its holder did not answer by ``due_at``; ``rung`` how often that happened.
    """

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="votes")
    round = models.PositiveSmallIntegerField(default=1)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="votes")
    state = models.CharField(max_length=10, choices=VoteState.choices, default=VoteState.ASKED)
    stands_for = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="passed_to")
    rung = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(default=clock.now)
    due_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["task", "round", "member"], name="one_vote_a_round")]
        indexes = [models.Index(fields=["member", "state"], name="votes_by_member")]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.member}: {self.get_state_display()}"
