"""Campaigns, whom they reach, and what they cost."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from evergrow.customers.models import Account, Person, Segment, SegmentKind
from evergrow.lib import bilingual, clock
from evergrow.workspaces.models import Member, Workspace


class CampaignKind(models.TextChoices):
    """What a campaign works with: content to read or watch, something in the product, money, or a meeting."""

    CONTENT = "content", pgettext_lazy("kind of campaign", "Content")
    FEATURE = "feature", pgettext_lazy("kind of campaign", "Product feature")
    PAID = "paid", pgettext_lazy("kind of campaign", "Paid promotion")
    ONLINE = "online", pgettext_lazy("kind of campaign", "Online event")
    ON_SITE = "on_site", pgettext_lazy("kind of campaign", "On-site event")


class CampaignState(models.TextChoices):
    """The ways: draft → running → ended; a draft or a running campaign may be cancelled."""

    DRAFT = "draft", pgettext_lazy("campaign", "Draft")
    RUNNING = "running", pgettext_lazy("campaign", "Running")
    ENDED = "ended", pgettext_lazy("campaign", "Ended")
    CANCELLED = "cancelled", pgettext_lazy("campaign", "Cancelled")


class Campaign(models.Model):
    """A dated programme with an audience, a budget and a goal. ``number`` is its own within the workspace.

    The audience is who was in ``segment`` when it started (``size_at_start`` of them, as of ``segment_as_of``); with
    ``takes_newcomers`` who comes into the segment while it runs is added. ``audience_kind``: people or accounts.
    ``taking_part`` are criteria of who counts as having taken part, see ``campaigns.participation``; empty: only who
    is marked by hand. ``budget`` is in the workspace's currency, None where there is none.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="campaigns")
    number = models.PositiveIntegerField()
    name = models.JSONField(_("name"))
    purpose = models.JSONField(_("what it is for"), default=dict)
    kind = models.CharField(_("kind"), max_length=7, choices=CampaignKind.choices)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    starts_by_itself = models.BooleanField(_("starts by itself"), default=True)
    owner = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="campaigns")
    concerned = models.ManyToManyField(Member, related_name="+", blank=True)
    budget = models.DecimalField(_("budget"), max_digits=14, decimal_places=2, null=True, blank=True)
    segment = models.ForeignKey(Segment, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    audience_kind = models.CharField(max_length=7, choices=SegmentKind.choices, default=SegmentKind.ACCOUNT)
    takes_newcomers = models.BooleanField(_("takes in newcomers"), default=False)
    taking_part = models.JSONField(default=dict, blank=True)
    looked_at = models.DateTimeField(null=True, blank=True)
    problem = models.TextField(blank=True)
    state = models.CharField(max_length=9, choices=CampaignState.choices, default=CampaignState.DRAFT)
    size_at_start = models.PositiveIntegerField(null=True, blank=True)
    segment_as_of = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    started_at = models.DateTimeField(null=True, blank=True)
    started_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    end_note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "number"], name="campaign_number")]
        indexes = [models.Index(fields=["workspace", "state", "starts_on"], name="campaigns_by_state")]

    def __str__(self) -> str:
        return bilingual.pick(self.name, get_language() or "en")

    @property
    def is_draft(self) -> bool:
        return self.state == CampaignState.DRAFT

    @property
    def is_running(self) -> bool:
        return self.state == CampaignState.RUNNING

    @property
    def is_open(self) -> bool:
        return self.is_draft or self.is_running

    @property
    def is_of_people(self) -> bool:
        return self.audience_kind == SegmentKind.PERSON

    def facts(self) -> dict[str, Any]:
        """What defines the campaign, for the trail of its changes."""
        return {**{name: getattr(self, name) for name in FACTS}, "segment": self.segment.key if self.segment else ""}


FACTS = (
    *("name", "purpose", "kind", "starts_on", "ends_on", "starts_by_itself", "owner_id", "budget"),
    "takes_newcomers",
)


class Came(models.TextChoices):
    """How somebody came into an audience."""

    START = "start", pgettext_lazy("audience", "at the start")
    NEWCOMER = "new", pgettext_lazy("audience", "came into the segment later")
    HAND = "hand", pgettext_lazy("audience", "added by hand")


class PartHow(models.TextChoices):
    """How it is known that somebody took part."""

    HAND = "hand", pgettext_lazy("taking part", "marked by hand")
    RULE = "rule", pgettext_lazy("taking part", "by the rule")


class AudienceRow(models.Model):
    """Somebody whom a campaign reaches: an account, or a person with the account they were at when they came in.

    With ``out_at`` they were taken out, for ``out_reason``. The row of somebody who was erased stays without them, so
    that counts stay; people who were merged keep their rows, and are counted once (``campaigns.audience``).
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="audience")
    kind = models.CharField(max_length=7, choices=SegmentKind.choices)
    account = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    came = models.CharField(max_length=5, choices=Came.choices)
    came_at = models.DateTimeField()
    came_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    out_at = models.DateTimeField(null=True, blank=True)
    out_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    out_reason = models.CharField(max_length=300, blank=True)
    part_at = models.DateTimeField(null=True, blank=True)
    part_by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    part_how = models.CharField(max_length=4, choices=PartHow.choices, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "account"], condition=models.Q(kind="account"), name="account_once_in_audience"
            ),
            models.UniqueConstraint(
                fields=["campaign", "person"], condition=models.Q(kind="person"), name="person_once_in_audience"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign}: {self.person or self.account or '—'}"


class CampaignCost(models.Model):
    """Money spent on a campaign. A counter entry ``corrects`` another one and has its amount with the other sign."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="costs")
    day = models.DateField(_("day"))
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    what_for = models.CharField(_("what for"), max_length=200)
    corrects = models.OneToOneField("self", on_delete=models.CASCADE, null=True, blank=True, related_name="counter")
    by = models.ForeignKey(Member, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-day", "-pk"]

    def __str__(self) -> str:
        return self.what_for

    @property
    def is_counter(self) -> bool:
        return self.corrects_id is not None


NOTHING = Decimal("0.00")
