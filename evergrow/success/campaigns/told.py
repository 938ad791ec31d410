"""What members are told of campaigns: they started, ended, or could not start by themselves."""

from typing import Any

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from evergrow.lib import bilingual, numerals
from evergrow.success.campaigns import access, errors
from evergrow.success.campaigns.models import Campaign
from evergrow.workspaces import notices, queries
from evergrow.workspaces.models import Member
from evergrow.workspaces.notices.models import Notice

STARTED, ENDED, STUCK = "campaign.started", "campaign.ended", "campaign.stuck"
WHY = {each.__name__: each for each in (errors.NeedsSegment, errors.SegmentNotFilled, errors.StoreAway)}


def register() -> None:
    """Teach the bell."""
    icon = "speakerphone"
    notices.register(STARTED, icon, _started, label=gettext_lazy("A campaign of mine started"))
    notices.register(ENDED, icon, _ended, label=gettext_lazy("A campaign of mine ended"))
    stuck = gettext_lazy("A campaign of mine could not start by itself")
    notices.register(STUCK, "alert-triangle", _stuck, label=stuck)


def started(campaign: Campaign, by: Member | None) -> None:
    _tell(campaign, STARTED, by, {"count": campaign.size_at_start or 0})


def ended(campaign: Campaign, by: Member | None) -> None:
    _tell(campaign, ENDED, by, {})


def stuck(campaign: Campaign, why: Exception) -> None:
    """Tell of a start that failed, once a day."""
    data = {"why": type(why).__name__, "segment": campaign.segment.names if campaign.segment else {}}
    _tell(campaign, STUCK, None, data, f"{campaign.pk} {campaign.workspace.today()}")


def _tell(campaign: Campaign, kind: str, by: Member | None, data: dict[str, Any], dedupe_key: str = "") -> None:
    """The owner is told; where a campaign has none any more, those who manage."""
    owner = campaign.owner if campaign.owner and campaign.owner.left_at is None else None
    hearers = [owner] if owner else list(queries.able(campaign.workspace, "manage"))
    url, facts = access.page_of(campaign), {"name": campaign.name, "number": campaign.number, **data}
    for who in hearers:
        notices.tell(who, kind, url=url, data=facts, by=by, dedupe_key=dedupe_key)


def _facts(notice: Notice) -> dict[str, str]:
    language = get_language() or "en"
    return {
        "name": bilingual.pick(notice.data.get("name"), language),
        "by": str(notice.by or "Evergrow"),
        "n": numerals.number(notice.data.get("count", 0), language),
    }


def _started(notice: Notice) -> str:
    if notice.by is None:
        return _("The campaign “%(name)s” started by itself; audience: %(n)s") % _facts(notice)
    return _("%(by)s started the campaign “%(name)s”; audience: %(n)s") % _facts(notice)


def _ended(notice: Notice) -> str:
    if notice.by is None:
        return _("The campaign “%(name)s” ended after its last day") % _facts(notice)
    return _("%(by)s ended the campaign “%(name)s”") % _facts(notice)


def _stuck(notice: Notice) -> str:
    refused, language = WHY.get(str(notice.data.get("why"))), get_language() or "en"
    why = str(refused(segment=bilingual.pick(notice.data.get("segment"), language))) if refused else ""
    return _("The campaign “%(name)s” could not start by itself. %(why)s") % {**_facts(notice), "why": why}
