"""Looking at an account's tier again, by the cadence of its tier."""

from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet

from evergrow.customers import access
from evergrow.customers.models import Account, AccountTier, TierReview
from evergrow.customers.tiers import moves
from evergrow.customers.tiers import scheme as schemes
from evergrow.workspaces import audit
from evergrow.workspaces.access import require
from evergrow.workspaces.models import Member


@transaction.atomic
def review(*, account: Account, note: str = "", by: Member) -> TierReview:
    """Write down that the tier was looked at today and is right; the next review is a cadence from now."""
    require(by, "work")
    workspace = account.workspace
    scheme, today = schemes.of(workspace), workspace.today()
    standing = moves.standings(workspace, [account], scheme)[account.pk]
    standing.reviewed_on = today
    standing.review_on = moves.next_review_of(scheme, standing.tier, today)
    standing.save(update_fields=["reviewed_on", "review_on"])
    made = TierReview.objects.create(account=account, on=today, tier=standing.tier, note=note.strip(), by=by)
    audit.record(workspace, "tier.reviewed", account, by=by, data={"tier": standing.tier})
    return made


def due(member: Member, ahead: int = 0) -> QuerySet[AccountTier]:
    """The standings whose review is due today or within ``ahead`` days, the most overdue first."""
    last = member.workspace.today() + timedelta(days=ahead)
    rows = AccountTier.objects.filter(access.visible(member, "account__"), workspace_id=member.workspace_id)
    return rows.filter(review_on__lte=last).select_related("account").order_by("review_on", "-account__mrr")
