"""The public pool (公海): its rules, and every account that went into it or out of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evergrow.customers.models.accounts import Account
from evergrow.customers.models.record import TeamRole
from evergrow.lib import clock
from evergrow.workspaces.models import Member, Workspace


class PoolRules(models.Model):
    """Who is an account's owner, how many may be claimed and held, and when an account comes back. Days are those of
    the workspace's zone; 0 stands for no cap. Without a row nothing is taken back.
    """

    workspace = models.OneToOneField(Workspace, on_delete=models.CASCADE, related_name="pool_rules")
    role = models.CharField(_("owner is whoever holds"), max_length=8, choices=TeamRole.choices, default=TeamRole.CSM)
    daily_cap = models.PositiveSmallIntegerField(_("claims a day and member"), default=10)
    holding_cap = models.PositiveIntegerField(_("accounts held by a member"), default=100)
    protected_days = models.PositiveSmallIntegerField(_("days protected after a claim"), default=14)
    takes_back = models.BooleanField(_("take accounts back that nobody follows up"), default=False)
    quiet_days = models.PositiveSmallIntegerField(_("days without follow-up"), default=30)
    result_days = models.PositiveSmallIntegerField(_("days without a signature"), default=0)
    remind_days = models.PositiveSmallIntegerField(_("days of warning before"), default=3)
    changed_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return str(self.workspace)


class PoolMoveKind(models.TextChoices):
    CLAIMED = "claimed", pgettext_lazy("pool", "Claimed")
    RELEASED = "released", pgettext_lazy("pool", "Released")
    RECLAIMED = "reclaimed", pgettext_lazy("pool", "Taken back")


class PoolMove(models.Model):
    """An account left the pool (claimed) or came into it (released by hand, taken back by the rules)."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="pool_moves")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="pool_moves")
    member = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="pool_moves")
    kind = models.CharField(max_length=10, choices=PoolMoveKind.choices)
    on = models.DateField()
    at = models.DateTimeField(default=clock.now)
    reason = models.CharField(max_length=300, blank=True)
    protected_until = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "kind", "on"], name="pool_moves_by_day"),
            models.Index(fields=["account", "-id"], name="pool_moves_by_account"),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.kind} {self.on}"
