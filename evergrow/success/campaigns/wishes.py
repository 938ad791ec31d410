"""What somebody wants a campaign to be, checked as a whole before it is stored."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from evergrow.customers.models import Segment
from evergrow.lib.bilingual import Name
from evergrow.success import errors as room
from evergrow.success.campaigns import errors
from evergrow.success.campaigns.models import Campaign, CampaignKind
from evergrow.workspaces.access import may
from evergrow.workspaces.models import Member

LONGEST = timedelta(days=2 * 366)
NAME, PURPOSE = 120, 2000
LARGEST = Decimal(10) ** 11


@dataclass(frozen=True, slots=True)
class Wish:
    """A campaign as it should be; see ``campaigns.models.Campaign`` for what each field means."""

    name: Name
    kind: str
    starts_on: date
    ends_on: date
    purpose: Name = field(default_factory=dict)
    starts_by_itself: bool = True
    budget: Decimal | None = None
    segment: Segment | None = None
    takes_newcomers: bool = False
    owner: Member | None = None
    concerned: Sequence[Member] = ()


def checked(wish: Wish, by: Member, before: Campaign | None = None) -> dict[str, Any]:
    """The fields of the campaign as they are stored, besides ``concerned``. ``owner`` None: whoever asks.

    Raises one of ``campaigns.errors`` with what to mend, NotAColleague.
    """
    name = _words(wish.name, NAME)
    if not name:
        raise errors.CampaignNeedsName()
    if wish.kind not in CampaignKind.values:
        raise errors.BadKind()
    if not timedelta(0) <= wish.ends_on - wish.starts_on <= LONGEST:
        raise errors.CampaignDaysReversed()
    if wish.budget is not None and not (wish.budget.is_finite() and 0 <= wish.budget <= LARGEST):
        raise errors.BadBudget()
    for member in (wish.owner, *wish.concerned):
        _check_colleague(member, by)
    return {
        "name": name,
        "purpose": _words(wish.purpose, PURPOSE),
        "kind": CampaignKind(wish.kind),
        "starts_on": wish.starts_on,
        "ends_on": wish.ends_on,
        "starts_by_itself": wish.starts_by_itself,
        "budget": None if wish.budget is None else round(wish.budget, 2),
        **_segment(wish.segment, by, before),
        "takes_newcomers": wish.takes_newcomers,
        "owner": wish.owner or by,
    }


def _words(name: Name, longest: int) -> dict[str, str]:
    found = {language: str(name.get(language, "")).strip()[:longest] for language in ("zh", "en")}
    return {language: text for language, text in found.items() if text}


def _segment(segment: Segment | None, by: Member, before: Campaign | None) -> dict[str, Any]:
    """One in use, or the one that the campaign has already. Raises BadSegment, RuleOfOthers."""
    if segment is None:
        return {"segment": None}
    is_same = before is not None and before.segment_id == segment.pk
    if segment.workspace_id != by.workspace_id or (segment.is_retired and not is_same):
        raise errors.BadSegment()
    if before is not None and before.taking_part and before.audience_kind != segment.kind:
        raise errors.RuleOfOthers()
    return {"segment": segment, "audience_kind": segment.kind}


def _check_colleague(member: Member | None, by: Member) -> None:
    if member is not None and (
        member.left_at is not None or member.workspace_id != by.workspace_id or not may(member, "view")
    ):
        raise room.NotAColleague()
