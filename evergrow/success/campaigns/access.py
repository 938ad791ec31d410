"""Who sees and decides about campaigns.

Everybody in the workspace sees every campaign with its counts, as they see segments and playbooks. Whom it reaches is
listed only as far as a member sees those accounts and people.
"""

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from evergrow.success.campaigns.models import Campaign, CampaignCost
from evergrow.workspaces.access import may, require
from evergrow.workspaces.models import Member

RELATED = ("workspace", "owner__user", "segment", "started_by__user", "ended_by__user")


def campaigns(member: Member) -> QuerySet[Campaign]:
    """The campaigns of the member's workspace."""
    return Campaign.objects.filter(workspace_id=member.workspace_id)


def campaign_or_404(member: Member, number: int) -> Campaign:
    found = campaigns(member).select_related(*RELATED).filter(number=number).first()
    if found is None:
        raise Http404
    found.workspace = member.workspace
    return found


def cost_or_404(campaign: Campaign, pk: int) -> CampaignCost:
    found = campaign.costs.select_related("campaign__workspace", "corrects", "by__user").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def may_lead(member: Member, campaign: Campaign) -> bool:
    """Whether a member decides about a campaign: its owner, whoever drew it up, and managers."""
    if member.workspace_id != campaign.workspace_id:
        return False
    is_theirs = member.pk in (campaign.owner_id, campaign.created_by_id)
    return may(member, "manage") or (may(member, "work") and is_theirs)


def require_lead(member: Member | None, campaign: Campaign) -> None:
    """Raise PermissionDenied unless the member decides about the campaign; ``None`` is Evergrow itself."""
    require(member, "work")
    if member is not None and not may_lead(member, campaign):
        raise PermissionDenied(_("The owner of the campaign and managers decide about it."))


def may_run(member: Member, campaign: Campaign) -> bool:
    """Whether a member keeps audience, participants and costs: those who decide, and the colleagues concerned."""
    if may_lead(member, campaign):
        return True
    is_here = member.workspace_id == campaign.workspace_id and may(member, "work")
    return is_here and campaign.concerned.filter(pk=member.pk).exists()


def require_run(member: Member | None, campaign: Campaign) -> None:
    """Raise PermissionDenied unless the member helps to run the campaign; ``None`` is Evergrow itself."""
    require(member, "work")
    if member is not None and not may_run(member, campaign):
        raise PermissionDenied(_("The owner of the campaign, the colleagues concerned and managers may do this."))


def page_of(campaign: Campaign, name: str = "campaign") -> str:
    """The address of its page, or of another page about it."""
    return reverse(f"success:{name}", args=[campaign.workspace.slug, campaign.number])
