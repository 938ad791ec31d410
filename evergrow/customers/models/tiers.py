"""Tiers: the scheme that says who belongs where, where each account stands, why it moved, and what it has used."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from evergrow.customers.models.accounts import Account
from evergrow.lib import clock
from evergrow.workspaces.models import Member, Workspace


class EditionState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Retired")


class Edition(models.Model):
    """One version of something a workspace has one of. A published one never changes; there is one draft at most."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=EditionState.choices, default=EditionState.DRAFT)
    definition = models.JSONField()
    note = models.CharField(_("what changed"), max_length=300, blank=True)
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)
    published_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["workspace", "number"], name="%(class)s_number"),
            models.UniqueConstraint(
                fields=["workspace"], condition=models.Q(state="published"), name="one_published_%(class)s"
            ),
            models.UniqueConstraint(
                fields=["workspace"], condition=models.Q(state="draft"), name="one_draft_%(class)s"
            ),
        ]

    def __str__(self) -> str:
        return f"v{self.number}"


class TierScheme(Edition):
    """Tiers in order with their rules and entitlements; ``customers.tiers.scheme`` reads the definition."""


class TierBasis(models.TextChoices):
    """Why an account stands in its tier."""

    GIVEN = "given", pgettext_lazy("basis of a tier", "Set directly")
    RULE = "rule", pgettext_lazy("basis of a tier", "By rule")
    MANUAL = "manual", pgettext_lazy("basis of a tier", "Exception")
    EXPIRY = "expiry", pgettext_lazy("basis of a tier", "Exception ended")


class TierRequest(models.Model):
    """Somebody asks that an account stand in another tier than the rule says, until a day."""

    class State(models.TextChoices):
        ASKED = "asked", pgettext_lazy("tier request", "Waiting for approval")
        APPROVED = "approved", pgettext_lazy("tier request", "Approved")
        REFUSED = "refused", pgettext_lazy("tier request", "Refused")
        WITHDRAWN = "withdrawn", pgettext_lazy("tier request", "Withdrawn")
        ENDED = "ended", pgettext_lazy("tier request", "Ended")

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="tier_requests")
    tier = models.CharField(max_length=40)
    reason = models.TextField()
    until = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    asked_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=models.Q(state="asked"), name="one_open_tier_request"
            ),
            models.UniqueConstraint(
                fields=["account"], condition=models.Q(state="approved"), name="one_running_tier_exception"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} → {self.tier}"


class AccountTier(models.Model):
    """Where an account stands with the rule. ``Account.tier`` is the tier that counts; this says why and what is next.

    ``ruled``: what the rule says today, "" while no rule speaks. ``streaks``: ``{tier: day}`` since when the rule has
    said this tier or one further away, without a break. ``pending`` takes effect on ``pending_on`` if nothing changes.
    ``held_by``: keys of tiers whose rule cannot be decided for want of data, which is why the account does not fall.
    """

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="tier_standing")
    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    tier = models.CharField(max_length=40)
    basis = models.CharField(max_length=8, choices=TierBasis.choices, default=TierBasis.GIVEN)
    since = models.DateField()
    before = models.CharField(max_length=40, blank=True)
    scheme = models.ForeignKey(TierScheme, on_delete=models.SET_NULL, null=True, related_name="+")
    ruled = models.CharField(max_length=40, blank=True)
    streaks = models.JSONField(default=dict)
    pending = models.CharField(max_length=40, blank=True)
    pending_since = models.DateField(null=True, blank=True)
    pending_on = models.DateField(null=True, blank=True)
    held_by = models.JSONField(default=list)
    until = models.DateField(null=True, blank=True)
    checked_on = models.DateField(null=True, blank=True)
    reviewed_on = models.DateField(null=True, blank=True)
    review_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "review_on"], name="tiers_by_review"),
            models.Index(fields=["workspace", "pending"], name="tiers_by_pending"),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.tier}"


class TierChange(models.Model):
    """An account moved from one tier to another. Never changed afterwards.

    ``evidence``: the rule's conditions as ``customers.criteria.explain`` found them on the day.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="tier_changes")
    at = models.DateTimeField(default=clock.now)
    on = models.DateField()
    from_tier = models.CharField(max_length=40)
    to_tier = models.CharField(max_length=40)
    basis = models.CharField(max_length=8, choices=TierBasis.choices)
    scheme = models.ForeignKey(TierScheme, on_delete=models.SET_NULL, null=True, related_name="+")
    request = models.ForeignKey(TierRequest, on_delete=models.SET_NULL, null=True, related_name="+")
    by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    mrr = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    evidence = models.JSONField(default=list)

    class Meta:
        indexes = [
            models.Index(fields=["workspace", "on"], name="tier_changes_by_day"),
            models.Index(fields=["account", "-at"], name="tier_changes_of_account"),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.from_tier} → {self.to_tier}"


class TierReview(models.Model):
    """A colleague looked at an account's tier and wrote down what came of it."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="tier_reviews")
    on = models.DateField()
    tier = models.CharField(max_length=40)
    note = models.TextField(blank=True)
    by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.account} {self.on}"


class WrittenOnce(TypeError):
    """A line of a ledger is never changed; write a counter-entry."""


class EntitlementUse(models.Model):
    """A line of the ledger of what accounts used of their entitlements. Mistakes are put right by a counter-entry."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="entitlement_uses")
    entitlement = models.CharField(max_length=40)
    on = models.DateField()
    quantity = models.DecimalField(max_digits=10, decimal_places=2)
    note = models.CharField(_("note"), max_length=300, blank=True)
    over_reason = models.CharField(_("why more than agreed"), max_length=300, blank=True)
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversal")
    by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["account", "entitlement", "on"], name="entitlement_uses_by_day")]

    def __str__(self) -> str:
        return f"{self.entitlement} {self.quantity}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise WrittenOnce("A use of an entitlement is not changed. Reverse it, then write it anew.")
        super().save(*args, **kwargs)
