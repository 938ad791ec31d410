"""Campaigns as pages and the API show them: whom they reach, what they cost, the plans about them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from evergrow.success.campaigns import acts, costs, reached
from evergrow.success.campaigns.models import Campaign, CampaignState
from evergrow.success.campaigns.reached import Counts
from evergrow.success.plans import access as plans
from evergrow.success.plans import reading as plan_reading
from evergrow.workspaces.models import Member


@dataclass(frozen=True, slots=True)
class Row:
    """A campaign in a list."""

    campaign: Campaign
    counts: Counts
    spent: costs.Spent
    today: date

    @property
    def is_late(self) -> bool:
        """Whether it is still a draft although its first day has come."""
        return self.campaign.is_draft and self.campaign.starts_on <= self.today

    @property
    def has_begun(self) -> bool:
        return self.campaign.started_at is not None

    @property
    def cost_each(self) -> Decimal | None:
        """What it cost for each account or person reached."""
        return self.spent.each(self.counts.now)

    @property
    def cost_of_part(self) -> Decimal | None:
        """What it cost for each who took part."""
        return self.spent.each(self.counts.took_part)


def rows(campaigns: Iterable[Campaign], today: date) -> list[Row]:
    """Each with its counts and what it cost, in the order given."""
    found = list(campaigns)
    counted, spent = reached.counts(found), costs.spent(found)
    return [Row(each, counted[each.pk], spent[each.pk], today) for each in found]


def row(campaign: Campaign, today: date) -> Row:
    return rows([campaign], today)[0]


def plans_about(member: Member, campaign: Campaign) -> list[plan_reading.Row]:
    """The plans about it that the member may see, the most urgent first."""
    about = plans.plans(member).filter(subject_kind=acts.KIND, subject_key=str(campaign.number))
    return plan_reading.rows(about, member.workspace)


SHOWN = {
    "running": [CampaignState.RUNNING],
    "coming": [CampaignState.DRAFT],
    "over": [CampaignState.ENDED, CampaignState.CANCELLED],
}
ORDERS = {"running": ("ends_on", "pk"), "coming": ("starts_on", "pk"), "over": ("-ended_at", "-pk")}
