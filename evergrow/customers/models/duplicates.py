from django.db import models
from django.utils.translation import gettext_lazy as _

from evergrow.lib import clock
from evergrow.workspaces.models import Member, Workspace


class Duplicate(models.Model):
    """Two people or two accounts, by number, that may be one; ``first`` is the smaller number."""

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        ACCOUNT = "account", _("Account")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        APART = "apart", _("Not the same")
        MERGED = "merged", _("Merged")

    class Reason(models.TextChoices):
        EMAIL = "email", _("same email")
        PHONE = "phone", _("same phone")
        NAME = "name", _("same name at one account")
        DOMAIN = "domain", _("same web domain")
        COMPANY = "company", _("alike company name")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    first = models.PositiveIntegerField()
    second = models.PositiveIntegerField()
    reason = models.CharField(max_length=8, choices=Reason.choices)
    reasons = models.JSONField(default=list)
    score = models.FloatField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    found_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "kind", "first", "second"], name="duplicate_once"),
            models.CheckConstraint(condition=models.Q(first__lt=models.F("second")), name="duplicate_ordered"),
        ]
        indexes = [
            models.Index(fields=["workspace", "kind", "state", "-score"], name="duplicates_by_score"),
            models.Index(fields=["workspace", "kind", "second"], name="duplicates_by_second"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} #{self.first} ~ #{self.second}"
