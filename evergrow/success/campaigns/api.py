"""Campaigns for programs: drawn up, started, ended; their audience, who took part, their costs."""

from typing import Any

import numpy as np
from django.http import Http404
from ninja import Query, Router, Status

from evergrow.customers.models import Segment
from evergrow.customers.privacy.masking import Mask
from evergrow.customers.queries import segments
from evergrow.success.campaigns import access, acts, audience, costs, participation, reached, reading, wishes
from evergrow.success.campaigns.models import Campaign, CampaignCost
from evergrow.success.campaigns.shapes import (
    AudienceChangedOut,
    AudienceIn,
    AudienceOut,
    AudienceOutIn,
    AudienceWindow,
    CampaignCostIn,
    CampaignCostOut,
    CampaignIn,
    CampaignMoveIn,
    CampaignOut,
    CampaignWindow,
    ParticipantsIn,
    TakingPartIn,
)
from evergrow.workspaces import queries
from evergrow.workspaces.api import ApiRequest, Number, Page, RowId, Window, page, token

router = Router(tags=["campaigns"])


@router.get("/campaigns", auth=token("view"), response=Page[CampaignOut], summary="Campaigns")
def campaigns(request: ApiRequest, window: Query[CampaignWindow]) -> dict[str, Any]:
    """All of the workspace, the newest first."""
    rows = access.campaigns(request.member).select_related("segment", "workspace").prefetch_related("concerned")
    rows = rows.filter(state=window.state) if window.state else rows
    piece = page(rows, window, by="-number")
    return {**piece, "items": reading.rows(piece["items"], request.workspace.today())}


@router.post("/campaigns", auth=token("work"), response={201: CampaignOut}, summary="Draw up a campaign")
def draw_up(request: ApiRequest, wish: CampaignIn) -> Status[reading.Row]:
    """A draft; it starts with a move, or by itself on its first day."""
    made = acts.draw_up(wish=_wish(request, wish), by=request.member)
    return Status(201, _row(request, made.number))


@router.get("/campaigns/{number}", auth=token("view"), response=CampaignOut, summary="A campaign")
def campaign(request: ApiRequest, number: Number) -> reading.Row:
    return _row(request, number)


@router.put("/campaigns/{number}", auth=token("work"), response=CampaignOut, summary="Change a campaign")
def change(request: ApiRequest, number: Number, wish: CampaignIn) -> reading.Row:
    """As a whole. A running campaign keeps its first day and its segment."""
    found = access.campaign_or_404(request.member, number)
    acts.change(campaign=found, wish=_wish(request, wish), by=request.member)
    return _row(request, number)


@router.delete("/campaigns/{number}", auth=token("work"), response={204: None}, summary="Delete a campaign")
def delete(request: ApiRequest, number: Number) -> Status[None]:
    """A draft that no plan is about."""
    acts.delete(campaign=access.campaign_or_404(request.member, number), by=request.member)
    return Status(204, None)


@router.post("/campaigns/{number}/moves", auth=token("work"), response=CampaignOut, summary="Move a campaign")
def move(request: ApiRequest, number: Number, wish: CampaignMoveIn) -> reading.Row:
    """Start it, which takes the audience from its segment, end or cancel it."""
    found, by = access.campaign_or_404(request.member, number), request.member
    if wish.move == "start":
        acts.start(campaign=found, by=by)
    elif wish.move == "end":
        acts.end(campaign=found, by=by, note=wish.note)
    else:
        acts.cancel(campaign=found, by=by, note=wish.note)
    return _row(request, number)


@router.get(
    "/campaigns/{number}/audience", auth=token("view"), response=Page[AudienceOut], summary="Audience of a campaign"
)
def campaign_audience(request: ApiRequest, number: Number, window: Query[AudienceWindow]) -> dict[str, Any]:
    """Those whom the token may see, by number; people as far as it sees them."""
    found = access.campaign_or_404(request.member, number)
    piece = page(reached.listed(request.member, found, window.show), window, by="number")
    known, mask = reached.standings(found, piece["items"]), Mask(request.member)
    items = [_told(each, known[each.pk], mask) for each in piece["items"]]
    return {"items": items, "next": piece["next"]}


@router.post(
    "/campaigns/{number}/audience", auth=token("work"), response=AudienceChangedOut, summary="Add to an audience"
)
def add(request: ApiRequest, number: Number, wish: AudienceIn) -> dict[str, int]:
    """While the campaign runs; who was taken out is put back."""
    found = access.campaign_or_404(request.member, number)
    return {"changed": audience.add(campaign=found, numbers=_seen(request, found, wish), by=request.member)}


@router.post(
    "/campaigns/{number}/audience/take-out",
    auth=token("work"),
    response=AudienceChangedOut,
    summary="Take out of an audience",
)
def take_out(request: ApiRequest, number: Number, wish: AudienceOutIn) -> dict[str, int]:
    """While the campaign runs, with a reason."""
    found, by = access.campaign_or_404(request.member, number), request.member
    numbers = _seen(request, found, wish)
    return {"changed": audience.take_out(campaign=found, numbers=numbers, reason=wish.reason, by=by)}


@router.post(
    "/campaigns/{number}/participants", auth=token("work"), response=AudienceChangedOut, summary="Say who took part"
)
def participants(request: ApiRequest, number: Number, wish: ParticipantsIn) -> dict[str, int]:
    """Mark them as having taken part, or take that mark away."""
    found = access.campaign_or_404(request.member, number)
    act = participation.mark if wish.took_part else participation.unmark
    return {"changed": act(campaign=found, numbers=_seen(request, found, wish), by=request.member)}


@router.put(
    "/campaigns/{number}/taking-part", auth=token("work"), response=CampaignOut, summary="Rule for who took part"
)
def taking_part(request: ApiRequest, number: Number, wish: TakingPartIn) -> reading.Row:
    """Say by which criteria somebody counts as having taken part."""
    found = access.campaign_or_404(request.member, number)
    participation.set_rule(campaign=found, data=wish.criteria, by=request.member)
    return _row(request, number)


@router.post(
    "/campaigns/{number}/taking-part", auth=token("work"), response=AudienceChangedOut, summary="Look who took part"
)
def look(request: ApiRequest, number: Number) -> dict[str, int]:
    """Mark who meets the rule now; it is also done every day."""
    return {"changed": participation.look(campaign=access.campaign_or_404(request.member, number), by=request.member)}


@router.get(
    "/campaigns/{number}/costs", auth=token("view"), response=Page[CampaignCostOut], summary="Costs of a campaign"
)
def campaign_costs(request: ApiRequest, number: Number, window: Query[Window]) -> dict[str, Any]:
    """The entries, the newest first."""
    return page(access.campaign_or_404(request.member, number).costs.all(), window, by="-pk")


@router.post(
    "/campaigns/{number}/costs", auth=token("work"), response={201: CampaignCostOut}, summary="Write down a cost"
)
def enter_cost(request: ApiRequest, number: Number, wish: CampaignCostIn) -> Status[CampaignCost]:
    found = access.campaign_or_404(request.member, number)
    return Status(201, costs.enter(campaign=found, by=request.member, **wish.model_dump()))


@router.post(
    "/campaigns/{number}/costs/{id}/counter",
    auth=token("work"),
    response={201: CampaignCostOut},
    summary="Correct a cost",
)
def counter_cost(request: ApiRequest, number: Number, id: RowId) -> Status[CampaignCost]:
    """Balance it with a counter entry."""
    found = access.campaign_or_404(request.member, number)
    return Status(201, costs.counter(cost=access.cost_or_404(found, id), by=request.member))


@router.delete("/campaigns/{number}/costs/{id}", auth=token("work"), response={204: None}, summary="Remove a cost")
def remove_cost(request: ApiRequest, number: Number, id: RowId) -> Status[None]:
    """For good; the audit trail keeps what it said."""
    found = access.campaign_or_404(request.member, number)
    costs.remove(cost=access.cost_or_404(found, id), by=request.member)
    return Status(204, None)


def _row(request: ApiRequest, number: int) -> reading.Row:
    return reading.row(access.campaign_or_404(request.member, number), request.workspace.today())


def _wish(request: ApiRequest, wish: CampaignIn) -> wishes.Wish:
    facts = wish.model_dump(exclude={"segment", "owner", "concerned"})
    owner = queries.member_or_404(request.member, wish.owner) if wish.owner is not None else None
    concerned = [queries.member_or_404(request.member, pk) for pk in wish.concerned]
    return wishes.Wish(**facts, segment=_segment(request, wish.segment), owner=owner, concerned=concerned)


def _segment(request: ApiRequest, key: str | None) -> Segment | None:
    if not key:
        return None
    found = Segment.objects.filter(workspace=request.workspace, key=key).first()
    if found is None:
        raise Http404
    return found


def _seen(request: ApiRequest, campaign: Campaign, wish: AudienceIn) -> Any:
    """Those of the numbers whom the token may see."""
    return np.array(sorted(segments.named(request.member, campaign.audience_kind, wish.numbers)), np.uint32)


def _told(each: Any, standing: reached.Standing, mask: Mask) -> dict[str, Any]:
    return {
        "number": each.number,
        "name": segments.called(each, mask),
        "came": standing.row.came,
        "came_at": standing.row.came_at,
        "took_part_at": standing.took_part_at,
        "took_part_how": standing.part.part_how if standing.part else "",
        "taken_out_at": standing.row.out_at,
        "reason": standing.row.out_reason,
    }
