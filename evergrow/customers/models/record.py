from django.db import models
from django.utils.translation import gettext_lazy as _

from evergrow.customers.models.accounts import Account
from evergrow.customers.models.people import Person
from evergrow.lib import clock
from evergrow.workspaces.models import Member, Workspace


class TeamRole(models.TextChoices):
    """The iron triangle (铁三角); the success manager is accountable."""

    CSM = "csm", _("Success manager")
    SALES = "sales", _("Sales")
    EXPERT = "expert", _("Expert")


class TeamSeat(models.Model):
    """Who held a role for an account, from when to when."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="team")
    role = models.CharField(_("role"), max_length=8, choices=TeamRole.choices)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="seats")
    started_on = models.DateField(_("from"))
    ended_on = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "role"], condition=models.Q(ended_on=None), name="one_holder_per_team_role"
            )
        ]
        indexes = [models.Index(fields=["member", "role", "ended_on"], name="seats_by_member")]

    def __str__(self) -> str:
        return f"{self.member} {self.role} {self.account}"


class Visibility(models.TextChoices):
    """Who sees something written about an account."""

    ACCOUNT = "account", _("everybody who sees the account")
    TEAM = "team", _("the team of the account")
    ME = "me", _("only me")


class Note(models.Model):
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    body = models.TextField(_("note"))
    created_at = models.DateTimeField(default=clock.now)
    edited_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.body[:60]


class TimelineEntry(models.Model):
    """One line of an account's story. ``kind`` names how it is told (``visit.logged``), ``data`` holds its words.

    With a ``visibility`` other than the account's, only its author, or the account's team, reads it.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="timeline")
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)
    kind = models.CharField(max_length=60)
    data = models.JSONField(default=dict)
    visibility = models.CharField(max_length=8, choices=Visibility.choices, default=Visibility.ACCOUNT)

    class Meta:
        indexes = [models.Index(fields=["account", "-at"], name="timeline_by_time")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"


class SavedView(models.Model):
    """A list's filters, order and columns under a name, for its author or for everyone."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="saved_views")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="saved_views")
    page = models.CharField(max_length=40)
    name = models.CharField(_("name"), max_length=80)
    query = models.TextField()
    is_shared = models.BooleanField(_("for everyone"), default=False)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "page", "name"], name="view_name_once")]

    def __str__(self) -> str:
        return self.name
