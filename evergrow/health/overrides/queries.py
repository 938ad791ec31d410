"""Overrides that a member may see."""

from django.db.models import QuerySet

from evergrow.customers import access
from evergrow.health.models import Override, OverrideState
from evergrow.workspaces.models import Member


def visible(member: Member) -> QuerySet[Override]:
    """Those of the accounts that a member may see."""
    rows = Override.objects.filter(workspace=member.workspace, account__in=access.accounts(member).values("pk"))
    return rows.select_related("account", "workspace", "asked_by__user", "decided_by__user", "ended_by__user")


def waiting(member: Member) -> QuerySet[Override]:
    """Those that wait for a decision, the oldest first."""
    return visible(member).filter(state=OverrideState.ASKED).order_by("asked_at", "pk")


def in_force(member: Member) -> QuerySet[Override]:
    """Those that count now, the next to end first."""
    return visible(member).filter(state=OverrideState.APPROVED).order_by("until", "pk")


def over(member: Member) -> QuerySet[Override]:
    """Those that ended or never began, the latest first."""
    return visible(member).exclude(state__in=[OverrideState.ASKED, OverrideState.APPROVED]).order_by("-pk")
