"""The read verbs of this room."""

from typing import TypeVar

from django.db.models import Case, F, IntegerField, Model, QuerySet, Value, When
from django.http import Http404

from evergrow.workspaces import ranks
from evergrow.workspaces.access import ABILITIES, Ability
from evergrow.workspaces.models import AuditEntry, Invitation, Key, Member, User, Workspace

Row = TypeVar("Row", bound=Model)
BY_RANK = Case(
    *[When(role=role, then=Value(-place)) for place, role in enumerate(ranks.ORDER)], output_field=IntegerField()
)


def members(member: Member) -> QuerySet[Member]:
    """The present members of the member's workspace, the highest role first."""
    found = Member.objects.filter(workspace_id=member.workspace_id, left_at=None).select_related("user", "workspace")
    return found.order_by(BY_RANK, "user__name", "pk")


def able(workspace: Workspace, ability: Ability) -> QuerySet[Member]:
    """The present members who have an ability."""
    roles = [role for role, abilities in ABILITIES.items() if ability in abilities]
    here = Member.objects.filter(workspace=workspace, left_at=None, role__in=roles)
    return here.select_related("user", "workspace").order_by("pk")


def member_or_404(member: Member, pk: int) -> Member:
    """A colleague of ``member``, or 404."""
    return _one(members(member).filter(pk=pk))


def teams(member: Member) -> list[str]:
    """The team names in use, for suggestions."""
    return sorted({team for team in members(member).values_list("team", flat=True) if team})


def open_invitations(member: Member) -> QuerySet[Invitation]:
    """Invitations that nobody has accepted or taken back, the newest first; expired ones are among them."""
    found = Invitation.objects.filter(workspace_id=member.workspace_id, accepted_at=None, revoked_at=None)
    return found.select_related("invited_by__user", "workspace").order_by("-created_at")


def invitation_or_404(member: Member, pk: int) -> Invitation:
    """An open invitation of the member's workspace, or 404."""
    return _one(open_invitations(member).filter(pk=pk))


def keys(member: Member) -> QuerySet[Key]:
    """The keys of the member's workspace: those that work first, then the revoked ones, each newest first."""
    found = Key.objects.filter(workspace_id=member.workspace_id).select_related("created_by__user", "workspace")
    revoked = Case(When(revoked_at=None, then=Value(0)), default=Value(1), output_field=IntegerField())
    return found.order_by(revoked, "-created_at", "-pk")


def key_or_404(member: Member, pk: int) -> Key:
    """A key of the member's workspace, or 404."""
    return _one(keys(member).filter(pk=pk))


def audit_entries(member: Member) -> QuerySet[AuditEntry]:
    """The audit trail of the member's workspace, the newest first."""
    found = AuditEntry.objects.filter(workspace_id=member.workspace_id).select_related("by__user")
    return found.order_by("-at", "-pk")


def workspaces(user: User) -> QuerySet[Member]:
    """A user's memberships, the workspace visited last first."""
    found = Member.objects.filter(user=user, left_at=None).select_related("workspace")
    return found.order_by(F("last_seen_at").desc(nulls_last=True), "workspace__name")


def _one(found: QuerySet[Row]) -> Row:
    row = found.first()
    if row is None:
        raise Http404
    return row
