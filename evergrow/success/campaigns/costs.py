"""What a campaign cost: entries, corrected by counter entries or removed, and what that is against the budget."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import Sum

from evergrow.success.campaigns import access, errors
from evergrow.success.campaigns.models import NOTHING, Campaign, CampaignCost
from evergrow.workspaces import audit
from evergrow.workspaces.models import Member

LARGEST = Decimal(10) ** 11


@dataclass(frozen=True, slots=True)
class Spent:
    """What was spent, in the workspace's currency; ``budget`` None where there is none."""

    amount: Decimal
    budget: Decimal | None

    @property
    def share(self) -> float | None:
        """Of the budget; above 1 it is overspent. None without a budget, or one of nothing."""
        return float(self.amount / self.budget) if self.budget else None

    @property
    def left(self) -> Decimal | None:
        """What the budget still has; negative when it is overspent."""
        return None if self.budget is None else self.budget - self.amount

    @property
    def over(self) -> Decimal:
        """By how much it is overspent."""
        return max(NOTHING, -self.left) if self.left is not None else NOTHING

    @property
    def is_over(self) -> bool:
        return self.budget is not None and self.amount > self.budget

    def each(self, count: int) -> Decimal | None:
        """What it is for each of so many; None for nobody."""
        return self.amount / count if count else None


def spent(campaigns: Iterable[Campaign]) -> dict[int, Spent]:
    """What each campaign cost so far, by its row key."""
    asked = {campaign.pk: campaign.budget for campaign in campaigns}
    rows = CampaignCost.objects.filter(campaign__in=asked).order_by().values_list("campaign")
    known = dict(rows.annotate(sum=Sum("amount")))
    return {pk: Spent(round(known.get(pk) or NOTHING, 2), budget) for pk, budget in asked.items()}


def spent_on(campaign: Campaign) -> Spent:
    return spent([campaign])[campaign.pk]


@transaction.atomic
def enter(*, campaign: Campaign, day: date, amount: Decimal, what_for: str, by: Member) -> CampaignCost:
    """Write down money that was spent. Raises BadAmount, CostNeedsWords."""
    access.require_run(by, campaign)
    if not (amount.is_finite() and NOTHING < amount <= LARGEST and amount == round(amount, 2)):
        raise errors.BadAmount()
    if not what_for.strip():
        raise errors.CostNeedsWords()
    made = CampaignCost.objects.create(
        campaign=campaign, day=day, amount=round(amount, 2), what_for=what_for.strip()[:200], by=by
    )
    audit.record(campaign.workspace, "campaign.cost_entered", campaign, by=by, data=_facts(made))
    return made


@transaction.atomic
def counter(*, cost: CampaignCost, by: Member) -> CampaignCost:
    """Balance an entry with another one of today, its amount with the other sign. Raises CostCorrected,
    CounterOfCounter."""
    access.require_run(by, cost.campaign)
    if cost.is_counter:
        raise errors.CounterOfCounter()
    facts = {"day": cost.campaign.workspace.today(), "amount": -cost.amount, "what_for": cost.what_for}
    try:
        with transaction.atomic():
            made = CampaignCost.objects.create(campaign=cost.campaign, corrects=cost, by=by, **facts)
    except IntegrityError:
        raise errors.CostCorrected(cost=cost) from None
    audit.record(cost.campaign.workspace, "campaign.cost_corrected", cost.campaign, by=by, data=_facts(made))
    return made


@transaction.atomic
def remove(*, cost: CampaignCost, by: Member) -> None:
    """Take an entry away for good; the audit trail keeps what it said. Raises CostCorrected for a balanced one."""
    access.require_run(by, cost.campaign)
    if CampaignCost.objects.filter(corrects=cost).exists():
        raise errors.CostCorrected(cost=cost)
    audit.record(cost.campaign.workspace, "campaign.cost_removed", cost.campaign, by=by, data=_facts(cost))
    cost.delete()


def _facts(cost: CampaignCost) -> dict[str, str]:
    return {"day": cost.day.isoformat(), "amount": str(cost.amount), "what_for": cost.what_for}
