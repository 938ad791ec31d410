"""Who took part: marked by a colleague, or found by a rule.

The rule is criteria over the audience's own kind. Events in it name no time: what was done from the campaign's first
day until its last one counts, days of the workspace's zone. Whoever was found stays marked, until a colleague takes the
mark away; a mark that was taken away comes back only by hand.
"""

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import QuerySet

from evergrow import warehouse
from evergrow.customers import criteria
from evergrow.customers.criteria.tree import (
    All,
    AnyOf,
    AtAccount,
    Criteria,
    Did,
    First,
    Node,
    Not,
    People,
    Sequence,
    Stopped,
)
from evergrow.customers.criteria.windows import Between
from evergrow.lib import clock
from evergrow.success.campaigns import access, errors
from evergrow.success.campaigns.audience import Numbers, among_subjects
from evergrow.success.campaigns.models import AudienceRow, Campaign, CampaignState, PartHow
from evergrow.workspaces import audit
from evergrow.workspaces.models import Member

NO_RULE: dict[str, Any] = {}
UNREADABLE = (criteria.CriteriaError, criteria.CostError, warehouse.BadQuery)


@transaction.atomic
def set_rule(*, campaign: Campaign, data: Any, by: Member) -> Campaign:
    """Say by which criteria somebody counts as having taken part; none: only who is marked by hand.

    Raises CriteriaError at the part that cannot be read, WindowNotYours, StoppedNotAsked, CampaignNotThere.
    """
    access.require_lead(by, campaign)
    parsed = criteria.parse(data or NO_RULE, kind_of(campaign), campaign.workspace)
    bounded(parsed, campaign.starts_on, campaign.ends_on)
    rule = criteria.as_data(parsed)
    rule = NO_RULE if rule == {"all": []} else rule
    rows = Campaign.objects.filter(pk=campaign.pk).exclude(state=CampaignState.CANCELLED)
    if not rows.update(taking_part=rule, looked_at=None, problem=""):
        raise errors.CampaignNotThere(state=CampaignState.CANCELLED.label)
    campaign.refresh_from_db(fields=["taking_part", "looked_at", "problem"])
    audit.record(campaign.workspace, "campaign.rule_set", campaign, by=by)
    return campaign


def mark(*, campaign: Campaign, numbers: Numbers, by: Member) -> int:
    """Say that these took part; how many were not marked yet. Raises CampaignNotThere."""
    return _mark_by_hand(campaign, numbers, by, {"part_at": clock.now(), "part_by": by, "part_how": PartHow.HAND})


def unmark(*, campaign: Campaign, numbers: Numbers, by: Member) -> int:
    """Take the mark away; the rule does not set it again; how many had one. Raises CampaignNotThere."""
    return _mark_by_hand(campaign, numbers, by, {"part_at": None, "part_by": by, "part_how": PartHow.HAND})


@transaction.atomic
def _mark_by_hand(campaign: Campaign, numbers: Numbers, by: Member, fields: dict[str, Any]) -> int:
    access.require_run(by, campaign)
    _require_begun(campaign)
    is_marked = fields["part_at"] is not None
    rows = campaign.audience.filter(among_subjects(campaign, numbers), out_at=None, part_at__isnull=is_marked)
    count = rows.update(**fields)
    if count:
        verb = "campaign.took_part" if is_marked else "campaign.not_took_part"
        audit.record(campaign.workspace, verb, campaign, by=by, data={"count": count})
    return count


def look(*, campaign: Campaign, by: Member | None) -> int:
    """Mark who meets the rule now; how many were new. The event store is asked before anything is written.

    Raises CampaignNotThere, NoRule, RuleUnreadable, StoreAway.
    """
    access.require_run(by, campaign)
    _require_begun(campaign)
    if not campaign.taking_part:
        raise errors.NoRule()
    now = clock.now()
    found = found_by_rule(campaign)
    with transaction.atomic():
        rows = _unmarked(campaign).filter(among_subjects(campaign, found))
        count = rows.update(part_at=now, part_how=PartHow.RULE)
        Campaign.objects.filter(pk=campaign.pk).update(looked_at=now, problem="")
        if count:
            audit.record(campaign.workspace, "campaign.took_part", campaign, by=by, data={"count": count})
    return count


def found_by_rule(campaign: Campaign) -> Numbers:
    """The numbers of all who meet the rule now, in the audience or not. Raises RuleUnreadable, StoreAway."""
    first, last = days(campaign)
    try:
        parsed = criteria.parse(campaign.taking_part, kind_of(campaign), campaign.workspace)
        return np.asarray(criteria.find(campaign.workspace, bounded(parsed, first, last)))
    except UNREADABLE as error:
        raise errors.RuleUnreadable(why=str(error)) from None
    except warehouse.StoreUnavailable:
        raise errors.StoreAway() from None


def days(campaign: Campaign) -> tuple[date, date]:
    """The first and the last day on which something counts: from the real start until the last day, or an end
    before it."""
    zone = campaign.workspace.tz
    first = campaign.started_at.astimezone(zone).date() if campaign.started_at else campaign.starts_on
    last = campaign.ends_on
    if campaign.ended_at is not None:
        last = min(last, campaign.ended_at.astimezone(zone).date())
    return first, last


def bounded(parsed: Criteria, first: date, last: date) -> Criteria:
    """The criteria with every event narrowed to the campaign's days. Raises WindowNotYours, StoppedNotAsked."""
    return replace(parsed, root=_bounded(parsed.root, Between(first, last)))


def kind_of(campaign: Campaign) -> Any:
    """Whom its audience and its rule are about: ``person`` or ``account``."""
    return campaign.audience_kind


def _bounded(node: Node, window: Between) -> Node:
    match node:
        case All(parts):
            return All(tuple(_bounded(part, window) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(_bounded(part, window) for part in parts))
        case Not(part):
            return Not(_bounded(part, window))
        case People():
            return replace(node, who=_bounded(node.who, window))
        case AtAccount():
            return replace(node, which=_bounded(node.which, window))
        case Did() | Sequence():
            if node.within is not None:
                event = node.doing.event if isinstance(node, Did) else node.steps[0].event
                raise errors.WindowNotYours(event=event)
            return replace(node, within=window)
        case First():
            raise errors.WindowNotYours(event=node.doing.event)
        case Stopped():
            raise errors.StoppedNotAsked()
    return node


def _unmarked(campaign: Campaign) -> QuerySet[AudienceRow]:
    """Who is in the audience without a mark, nor one that a colleague took away."""
    return campaign.audience.filter(out_at=None, part_at=None, part_how="")


def _require_begun(campaign: Campaign) -> None:
    if campaign.state not in (CampaignState.RUNNING, CampaignState.ENDED):
        raise errors.CampaignNotThere(state=campaign.get_state_display())
