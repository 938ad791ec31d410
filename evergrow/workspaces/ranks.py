"""Roles in order, and the rule that nobody reaches above their own."""

from django.utils.translation import gettext as _

from evergrow.workspaces.access import require
from evergrow.workspaces.errors import AboveYourRole
from evergrow.workspaces.models import Member, Role

ORDER = [Role.VIEWER, Role.OPERATOR, Role.MANAGER, Role.ADMIN, Role.OWNER]


def rank(role: str) -> int:
    """0 for a viewer … 4 for an owner."""
    return ORDER.index(Role(role))


def lower(one: str, other: str) -> Role:
    """The smaller of two roles."""
    return ORDER[min(rank(one), rank(other))]


def within_reach(member: Member) -> list[Role]:
    """The roles that a member may give to others: their own and those below."""
    return ORDER[: rank(member.role) + 1]


def require_reach(by: Member | None, *roles: str) -> None:
    """Raise unless ``by`` administers and stands at or above all ``roles``; ``None`` is the system, which may.

    Raises PermissionDenied or AboveYourRole.
    """
    require(by, "administer")
    if by is None:
        return
    for role in roles:
        if rank(role) > rank(by.role):
            raise AboveYourRole(
                _("Your role is “%(yours)s”, so you cannot give, change or remove “%(theirs)s”. Ask an owner.")
                % {"yours": Role(by.role).label, "theirs": Role(role).label}
            )
