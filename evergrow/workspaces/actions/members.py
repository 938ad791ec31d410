"""Members come, change and go. A workspace always keeps an owner, and nobody reaches above their own role."""

from collections.abc import Callable

from django.db import transaction
from django.utils.translation import gettext as _

from evergrow.lib import clock
from evergrow.workspaces import audit, ranks
from evergrow.workspaces.errors import AlreadyMember, BadChoice, HasLeft, LastOwner
from evergrow.workspaces.models import (
    AccountScope,
    Invitation,
    Key,
    KeyKind,
    Member,
    Role,
    User,
    Workspace,
)


@transaction.atomic
def add_member(
    *,
    workspace: Workspace,
    user: User,
    role: str = Role.OPERATOR,
    scope: str = AccountScope.ALL,
    team: str = "",
    by: Member | None,
) -> Member:
    """Make ``user`` a member; one who left comes back under the same membership.

    Raises AlreadyMember, AboveYourRole, BadChoice.
    """
    _known(role, scope)
    ranks.require_reach(by, role)
    member = Member.objects.filter(workspace=workspace, user=user).first() or Member(workspace=workspace, user=user)
    if member.pk and member.left_at is None:
        raise AlreadyMember(_("%(who)s is a member already.") % {"who": user.email})
    member.role, member.scope, member.team, member.left_at = role, scope, team.strip(), None
    member.save()
    audit.record(workspace, "member.added", member, by=by, data={"role": role, "scope": scope, "team": member.team})
    return member


@transaction.atomic
def change_role(*, member: Member, role: str, by: Member | None) -> Member:
    """Give a member another role. Raises LastOwner, AboveYourRole, HasLeft, BadChoice."""
    _known(role, member.scope)
    member = _current(member)
    ranks.require_reach(by, member.role, role)
    if role == member.role:
        return member
    if role != Role.OWNER:
        _require_another_owner(member)
    before, member.role = member.role, Role(role)
    member.save(update_fields=["role"])
    _take_back_offers_above(member, ranks.rank(role))
    audit.record(member.workspace, "member.role_changed", member, by=by, data={"role": [before, role]})
    return member


@transaction.atomic
def change_scope(*, member: Member, scope: str, team: str, by: Member | None) -> Member:
    """Say which accounts a member sees, and which team they belong to. Raises AboveYourRole, HasLeft, BadChoice."""
    _known(member.role, scope)
    member = _current(member)
    ranks.require_reach(by, member.role)
    team = team.strip()[:60]
    if scope == AccountScope.TEAM and not team:
        raise BadChoice("team", _("Name the team whose accounts %(who)s sees.") % {"who": member})
    before = [member.scope, member.team]
    if before == [scope, team]:
        return member
    member.scope, member.team = AccountScope(scope), team
    member.save(update_fields=["scope", "team"])
    data = {"scope": [before[0], scope], "team": [before[1], team]}
    audit.record(member.workspace, "member.scope_changed", member, by=by, data=data)
    return member


@transaction.atomic
def change_member(*, member: Member, role: str, scope: str, team: str, by: Member | None) -> Member:
    """Change role, scope and team together, or nothing. Raises what change_role and change_scope raise."""
    change_scope(member=member, scope=scope, team=team, by=by)
    return change_role(member=member, role=role, by=by)


@transaction.atomic
def remove_member(*, member: Member, by: Member | None) -> Member:
    """End a membership; what the member wrote stays. Anyone may leave by themselves.

    Their API tokens stop and the invitations they sent are taken back; write keys go on capturing.
    Raises LastOwner, AboveYourRole, HasLeft.
    """
    member = _current(member)
    if by is None or by.pk != member.pk:
        ranks.require_reach(by, member.role)
    _require_another_owner(member)
    member.left_at = clock.now()
    member.save(update_fields=["left_at"])
    _take_back_offers_above(member, -1)
    Key.objects.filter(created_by=member, kind=KeyKind.API, revoked_at=None).update(revoked_at=member.left_at)
    audit.record(member.workspace, "member.removed", member, by=by)
    for told in _removal_listeners:
        told(member, by)
    return member


RemovalListener = Callable[[Member, Member | None], object]
_removal_listeners: list[RemovalListener] = []


def on_removal(listener: RemovalListener) -> RemovalListener:
    """Have ``listener(member, by)`` called when a membership ends, inside the transaction."""
    _removal_listeners.append(listener)
    return listener


def _known(role: str, scope: str) -> None:
    if role not in Role.values:
        raise BadChoice("role", _("“%(value)s” is not one of the choices.") % {"value": role})
    if scope not in AccountScope.values:
        raise BadChoice("scope", _("“%(value)s” is not one of the choices.") % {"value": scope})


def _current(member: Member) -> Member:
    """The member as it is now, with the workspace's row locked so that two owners cannot demote each other at once."""
    Workspace.objects.select_for_update().get(pk=member.workspace_id)
    found = Member.objects.select_related("workspace", "user").get(pk=member.pk)
    if found.left_at is not None:
        raise HasLeft(_("%(who)s has left this workspace.") % {"who": found})
    return found


def _require_another_owner(member: Member) -> None:
    if member.role != Role.OWNER:
        return
    owners = Member.objects.filter(workspace_id=member.workspace_id, role=Role.OWNER, left_at=None)
    if not owners.exclude(pk=member.pk).exists():
        raise LastOwner(
            _("%(who)s is the only owner. Make somebody else an owner first.") % {"who": member},
        )


def _take_back_offers_above(member: Member, rank: int) -> None:
    """Open invitations by somebody who could no longer send them must not be accepted."""
    too_high = [role for role in Role.values if ranks.rank(role) > rank]
    Invitation.objects.filter(invited_by=member, role__in=too_high, accepted_at=None, revoked_at=None).update(
        revoked_at=clock.now()
    )
