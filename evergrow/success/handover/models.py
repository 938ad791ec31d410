"""Hand-overs of accounts, their checklist, and what each workspace asks for."""

from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from evergrow.customers.models import Account, TeamRole
from evergrow.lib import bilingual, clock
from evergrow.workspaces.models import Member, Workspace


class HandOverState(models.TextChoices):
    PREPARED = "prepared", pgettext_lazy("hand-over", "Prepared")
    OFFERED = "offered", pgettext_lazy("hand-over", "Offered")
    ACCEPTED = "accepted", pgettext_lazy("hand-over", "Accepted")
    REFUSED = "refused", pgettext_lazy("hand-over", "Refused")
    EFFECTIVE = "effective", pgettext_lazy("hand-over", "In effect")
    CLOSED = "closed", pgettext_lazy("hand-over", "Closed")
    UNDONE = "undone", pgettext_lazy("hand-over", "Undone")


class Take(models.TextChoices):
    OLD = "old", _("The old owner's open work")
    ALL = "all", _("All open work")
    NONE = "none", _("No open work")


class CustomerWord(models.TextChoices):
    UNTOLD = "untold", pgettext_lazy("customer", "Not told yet")
    TOLD = "told", pgettext_lazy("customer", "Told")
    REFUSED = "refused", pgettext_lazy("customer", "Refused")


class HandOver(models.Model):
    """Accounts pass from one member to another in a role on a day of the workspace (later, if accepted later)."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="hand_overs")
    from_member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    to_member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="hand_overs")
    role = models.CharField(_("role"), max_length=8, choices=TeamRole.choices)
    on = models.DateField(_("from"))
    take = models.CharField(_("open work"), max_length=4, choices=Take.choices, default=Take.OLD)
    state = models.CharField(max_length=10, choices=HandOverState.choices, default=HandOverState.PREPARED)
    note = models.TextField(_("what the successor should know"), blank=True)
    reason = models.CharField(max_length=300, blank=True)
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    effective_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["workspace", "state", "on"], name="hand_overs_by_state")]

    def __str__(self) -> str:
        return f"{self.from_member} → {self.to_member}"


class HandOverAccount(models.Model):
    """An account of a hand-over. ``moved`` keeps whose each piece of work was, so that it can go back:
    ``{"tasks": {"12": 3}, "runs": {}, "signals": {}}``. ``has_moved``: the seat changed hands.
    """

    hand_over = models.ForeignKey(HandOver, on_delete=models.CASCADE, related_name="accounts")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="hand_overs")
    has_moved = models.BooleanField(default=False)
    moved = models.JSONField(default=dict)
    customer = models.CharField(max_length=8, choices=CustomerWord.choices, default=CustomerWord.UNTOLD)
    customer_note = models.CharField(max_length=300, blank=True)
    customer_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hand_over", "account"], name="account_once_in_hand_over")]

    def __str__(self) -> str:
        return str(self.account)


class HandOverItem(models.Model):
    """A line of the checklist of a hand-over, as it was asked for when it was prepared."""

    hand_over = models.ForeignKey(HandOver, on_delete=models.CASCADE, related_name="items")
    key = models.SlugField(max_length=40)
    name = models.JSONField()
    position = models.PositiveSmallIntegerField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["hand_over", "key"], name="item_once_in_hand_over")]
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return bilingual.pick(self.name, get_language() or "en")


class HandOverChecklist(models.Model):
    """What a workspace asks for in each hand-over: ``[{"key": "promises", "name": {"zh": …, "en": …}}]``."""

    workspace = models.OneToOneField(Workspace, on_delete=models.CASCADE, related_name="hand_over_checklist")
    items = models.JSONField(default=list)
    changed_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    changed_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return str(self.workspace)
