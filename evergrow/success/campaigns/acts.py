"""What is done to a campaign: drawn up, changed, started, ended, cancelled, deleted. States move by guarded updates."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from evergrow.lib import clock
from evergrow.success.campaigns import access, audience, errors, numbers, told, wishes
from evergrow.success.campaigns.models import Campaign, CampaignState
from evergrow.success.errors import ReasonNeeded
from evergrow.success.plans.models import Plan
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member

KIND = "campaign"  # of the subjects of plans


@transaction.atomic
def draw_up(*, wish: wishes.Wish, by: Member) -> Campaign:
    """A draft of a campaign, owned by the one named or whoever draws it up. Errors as in ``wishes.checked``."""
    require(by, "work")
    facts = wishes.checked(wish, by)
    number = numbers.next_number(by.workspace)
    made = Campaign.objects.create(workspace=by.workspace, number=number, created_by=by, **facts)
    made.concerned.set(wish.concerned)
    audit.record(made.workspace, "campaign.drawn_up", made, by=by)
    return made


@transaction.atomic
def change(*, campaign: Campaign, wish: wishes.Wish, by: Member) -> Campaign:
    """Make it as wished, while it is not over. What changed stands in the audit trail.

    A running campaign keeps its first day and its segment. Raises CampaignNotThere, FirstDayFixed, SegmentFixed, and
    errors as in ``wishes.checked``.
    """
    access.require_lead(by, campaign)
    fields = wishes.checked(wish, by, campaign)
    if campaign.is_running:
        if fields["starts_on"] != campaign.starts_on:
            raise errors.FirstDayFixed()
        if fields["segment"] != campaign.segment:
            raise errors.SegmentFixed()
    before = campaign.facts()
    _turn(campaign, [CampaignState(campaign.state)] if campaign.is_open else [], **fields)
    campaign.concerned.set(wish.concerned)
    after = campaign.facts()
    changed = {name: [_plain(before[name]), _plain(after[name])] for name in after if before[name] != after[name]}
    if changed:
        audit.record(campaign.workspace, "campaign.changed", campaign, by=by, data=changed)
    return campaign


def start(*, campaign: Campaign, by: Member | None) -> Campaign:
    """Let a draft run: its audience is who is in the segment now, as of the segment's last refresh.

    The event store is asked before anything is written, so that nobody who writes waits meanwhile. Raises
    CampaignNotThere, CampaignOver, NeedsSegment, SegmentNotFilled, StoreAway; ChangedMeanwhile where somebody chose
    another segment while this one was read.
    """
    access.require_lead(by, campaign)
    segment = campaign.segment
    if segment is None:
        raise errors.NeedsSegment()
    if campaign.ends_on < campaign.workspace.today():
        raise errors.CampaignOver(day=campaign.ends_on)
    members = audience.members_of(campaign)
    with transaction.atomic():
        now = clock.now()
        facts = {"started_at": now, "started_by": by, "segment_as_of": segment.as_of, "problem": ""}
        _turn(campaign, [CampaignState.DRAFT], state=CampaignState.RUNNING, **facts)
        if campaign.segment != segment:
            raise errors.ChangedMeanwhile()
        size = audience.freeze(campaign, members, at=now, by=by)
        Campaign.objects.filter(pk=campaign.pk).update(size_at_start=size)
        campaign.size_at_start = size
        audit.record(campaign.workspace, "campaign.started", campaign, by=by, data={"count": size})
        told.started(campaign, by)
    return campaign


@transaction.atomic
def end(*, campaign: Campaign, by: Member | None, note: str = "") -> Campaign:
    """End a running campaign: its audience stays as it is. Raises CampaignNotThere."""
    access.require_lead(by, campaign)
    facts = {"ended_at": clock.now(), "ended_by": by, "end_note": note.strip()[:500]}
    _turn(campaign, [CampaignState.RUNNING], state=CampaignState.ENDED, **facts)
    audit.record(campaign.workspace, "campaign.ended", campaign, by=by, data=_said(campaign))
    told.ended(campaign, by)
    return campaign


@transaction.atomic
def cancel(*, campaign: Campaign, by: Member, note: str) -> Campaign:
    """Give a draft or a running campaign up, and say why. Raises CampaignNotThere, ReasonNeeded."""
    access.require_lead(by, campaign)
    if not note.strip():
        raise ReasonNeeded()
    facts = {"ended_at": clock.now(), "ended_by": by, "end_note": note.strip()[:500]}
    _turn(campaign, [CampaignState.DRAFT, CampaignState.RUNNING], state=CampaignState.CANCELLED, **facts)
    audit.record(campaign.workspace, "campaign.cancelled", campaign, by=by, data=_said(campaign))
    return campaign


@transaction.atomic
def delete(*, campaign: Campaign, by: Member) -> None:
    """Take a draft away for good. Raises OnlyDrafts, CampaignHasPlans."""
    access.require_lead(by, campaign)
    draft = Campaign.objects.select_for_update().filter(pk=campaign.pk, state=CampaignState.DRAFT).first()
    if draft is None:
        raise errors.OnlyDrafts()
    if plans_about(campaign).exists():
        raise errors.CampaignHasPlans()
    audit.record(campaign.workspace, "campaign.deleted", campaign, by=by)
    draft.delete()


def plans_about(campaign: Campaign) -> Any:
    """Every plan about it, whoever sees it."""
    return Plan.objects.filter(workspace_id=campaign.workspace_id, subject_kind=KIND, subject_key=str(campaign.number))


def _turn(campaign: Campaign, states: list[CampaignState], **fields: Any) -> None:
    workspace = campaign.workspace
    if not Campaign.objects.filter(pk=campaign.pk, state__in=states).update(**fields):
        campaign.refresh_from_db(fields=["state"])
        raise errors.CampaignNotThere(state=campaign.get_state_display())
    campaign.refresh_from_db()
    campaign.workspace = workspace


def _said(campaign: Campaign) -> dict[str, str]:
    return {"reason": campaign.end_note} if campaign.end_note else {}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value
