"""What campaigns do by themselves: start on their first day, take in newcomers, look who took part, end."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from evergrow import warehouse
from evergrow.customers.segments import Moves
from evergrow.success.campaigns import acts, audience, errors, participation, told
from evergrow.success.campaigns.models import Campaign, CampaignState
from evergrow.success.errors import Refused
from evergrow.workspaces.models import Workspace


@dataclass(slots=True)
class Turned:
    """What a round did: campaigns started, ended, not able to start; people or accounts that came in or took part."""

    started: int = 0
    ended: int = 0
    stuck: int = 0
    newcomers: int = 0
    took_part: int = 0


def turn(workspace: Workspace) -> Turned:
    """Do what is due. It may run at any time and twice; what fails is tried again the next time."""
    done, today = Turned(), workspace.today()
    for campaign in _in_state(workspace, CampaignState.DRAFT).filter(
        starts_by_itself=True, starts_on__lte=today, ends_on__gte=today
    ):
        _start(campaign, done)
    for campaign in _in_state(workspace, CampaignState.RUNNING):
        if campaign.takes_newcomers and campaign.ends_on >= today:
            done.newcomers += _take_in(campaign)
        if campaign.taking_part and (campaign.ends_on < today or not _looked_on(campaign, today)):
            done.took_part += _look(campaign)
        if campaign.ends_on < today:
            done.ended += _end(campaign)
    return done


def follow_segment(moved: Moves) -> None:
    """Somebody came into a segment: campaigns that take in newcomers add them at once."""
    if not len(moved.entered):
        return
    rows = _in_state(moved.segment.workspace, CampaignState.RUNNING)
    for campaign in rows.filter(segment=moved.segment, takes_newcomers=True):
        audience.take_in(campaign, moved.entered)


def _in_state(workspace: Workspace, state: CampaignState) -> Any:
    rows = Campaign.objects.filter(workspace=workspace, state=state)
    return rows.select_related("workspace", "segment", "owner__user", "owner__workspace").order_by("pk")


def _start(campaign: Campaign, done: Turned) -> None:
    try:
        acts.start(campaign=campaign, by=None)
        done.started += 1
    except errors.CampaignNotThere:
        pass  # somebody else was quicker
    except Refused as refused:
        told.stuck(campaign, refused)
        done.stuck += 1


def _take_in(campaign: Campaign) -> int:
    if campaign.segment is None:
        return 0
    try:
        return audience.take_in(campaign, audience.members_of(campaign))
    except Refused:
        return 0


def _look(campaign: Campaign) -> int:
    """A rule that cannot be asked says why on the campaign's page; a store that is away is asked again."""
    try:
        return participation.look(campaign=campaign, by=None)
    except errors.RuleUnreadable as refused:
        Campaign.objects.filter(pk=campaign.pk).update(problem=str(refused)[:2000])
    except (Refused, warehouse.StoreUnavailable):
        pass
    return 0


def _looked_on(campaign: Campaign, today: date) -> bool:
    return campaign.looked_at is not None and campaign.looked_at.astimezone(campaign.workspace.tz).date() >= today


def _end(campaign: Campaign) -> int:
    try:
        acts.end(campaign=campaign, by=None)
    except errors.CampaignNotThere:
        return 0
    return 1
