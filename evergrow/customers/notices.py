"""What members are told about segments and tiers."""

from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from evergrow.customers.models import AccountTier, Segment, TeamRole, TeamSeat
from evergrow.lib import bilingual
from evergrow.workspaces import notices
from evergrow.workspaces.models import Workspace
from evergrow.workspaces.notices.models import Notice

SEGMENT, REVIEW = "segment.failed", "tier.review_due"
AT_ONCE = 500

notices.register(
    SEGMENT, "users-group", lambda notice: _segment(notice), label=gettext_lazy("My segment cannot be refreshed")
)
notices.register(
    REVIEW, "calendar-due", lambda notice: _review(notice), label=gettext_lazy("The tier review of my account is due")
)


def tell_of_segment(segment: Segment) -> None:
    """Tell a segment's owner that its criteria cannot be asked: once a day while it lasts."""
    if segment.owner is None:
        return
    url = reverse("customers:segment", args=[segment.workspace.slug, segment.key])
    key = f"{segment.pk}:{segment.workspace.today()}"
    notices.tell(segment.owner, SEGMENT, url=url, data={"name": segment.name}, dedupe_key=key)


def tell_of_reviews(workspace: Workspace) -> int:
    """Tell each success manager which tier reviews fall due: once for each review day; how many."""
    standings = AccountTier.objects.filter(workspace=workspace, review_on__lte=workspace.today())
    rows = list(standings.select_related("account")[:AT_ONCE])
    seats = TeamSeat.objects.filter(account__in=[row.account_id for row in rows], role=TeamRole.CSM, ended_on=None)
    holders = {seat.account_id: seat.member for seat in seats.select_related("member__user", "member__workspace")}
    for row in rows:
        if member := holders.get(row.account_id):
            url = reverse("customers:account", args=[workspace.slug, row.account.number])
            data = {"account": row.account.name}
            notices.tell(member, REVIEW, url=url, data=data, dedupe_key=f"{row.account_id}:{row.review_on}")
    return len(rows)


def _facts(notice: Notice) -> dict[str, Any]:
    language = get_language() or "en"
    return {name: bilingual.pick(value, language) for name, value in notice.data.items()}


def _segment(notice: Notice) -> str:
    return str(_("The segment “%(name)s” cannot be refreshed: look at its criteria") % _facts(notice))


def _review(notice: Notice) -> str:
    return str(_("The tier of %(account)s is due for review") % _facts(notice))
