"""Invitations: a link is shown once, kept as a hash, good for seven days and for one person."""

from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from evergrow.lib import clock, tokens
from evergrow.workspaces import audit, notices, ranks
from evergrow.workspaces.actions import members
from evergrow.workspaces.errors import (
    AlreadyMember,
    BadChoice,
    InvitationGone,
    NotInvited,
    PasswordTooWeak,
)
from evergrow.workspaces.models import AccountScope, Invitation, Member, Role, User, Workspace
from evergrow.workspaces.notices.kinds import JOINED

VALID = timedelta(days=7)


@transaction.atomic
def invite(
    *,
    workspace: Workspace,
    email: str,
    role: str = Role.OPERATOR,
    scope: str = AccountScope.ALL,
    team: str = "",
    by: Member | None,
) -> tuple[Invitation, str]:
    """Offer somebody a place. Gives the invitation and its token, which can never be read again.

    An older open invitation for the same address stops working. Raises AlreadyMember, AboveYourRole, BadChoice.
    """
    email, team = email.strip().lower(), team.strip()[:60]
    try:
        validate_email(email)
    except ValidationError:
        raise BadChoice("email", _("“%(email)s” is not an email address.") % {"email": email}) from None
    members._known(role, scope)
    if scope == AccountScope.TEAM and not team:
        raise BadChoice("team", _("Name the team whose accounts %(who)s sees.") % {"who": email})
    ranks.require_reach(by, role)
    if Member.objects.filter(workspace=workspace, user__email=email, left_at=None).exists():
        raise AlreadyMember(_("%(who)s is a member already.") % {"who": email})
    now, token = clock.now(), tokens.make()
    open_invitations(workspace).filter(email=email).update(revoked_at=now)
    invitation = Invitation.objects.create(
        workspace=workspace,
        email=email,
        role=role,
        scope=scope,
        team=team,
        token_hash=tokens.digest(token),
        invited_by=by,
        created_at=now,
        expires_at=now + VALID,
    )
    audit.record(workspace, "invitation.sent", invitation, by=by, data={"role": role})
    return invitation, token


@transaction.atomic
def renew_invitation(*, invitation: Invitation, by: Member | None) -> str:
    """A new link for an invitation that nobody accepted yet; the old link stops working, seven days begin again.

    Raises InvitationGone, AboveYourRole.
    """
    ranks.require_reach(by, invitation.role)
    token = tokens.make()
    changed = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None).update(
        token_hash=tokens.digest(token), expires_at=clock.now() + VALID
    )
    if not changed:
        raise InvitationGone(_("This invitation was accepted or taken back. Send a new one."))
    audit.record(invitation.workspace, "invitation.renewed", invitation, by=by)
    return token


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, by: Member | None) -> None:
    """Take an invitation back. Raises InvitationGone, AboveYourRole."""
    ranks.require_reach(by, invitation.role)
    now = clock.now()
    if not Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None).update(revoked_at=now):
        raise InvitationGone(_("This invitation was accepted or taken back already."))
    audit.record(invitation.workspace, "invitation.revoked", invitation, by=by)


def find_invitation(token: str) -> Invitation:
    """The open invitation of a token. Raises InvitationGone when it was used, taken back, or is too old."""
    found = Invitation.objects.select_related("workspace", "invited_by__user").filter(
        token_hash=tokens.digest(token), accepted_at=None, revoked_at=None, expires_at__gt=clock.now()
    )
    invitation = found.first()
    if invitation is None:
        raise InvitationGone(_("This invitation was used, taken back, or is older than seven days. Ask for a new one."))
    return invitation


@transaction.atomic
def accept_invitation(
    *, token: str, user: User | None = None, name: str = "", password: str = "", language: str = ""
) -> Member:
    """Join with an invitation: as ``user``, who must have the invited address, or as a new user with a password.

    Raises InvitationGone, NotInvited, PasswordTooWeak, AlreadyMember, BadChoice.
    """
    invitation = find_invitation(token)
    if user is None:
        user = _new_user(invitation, name.strip(), password, language)
    elif user.email.lower() != invitation.email:
        raise NotInvited(
            _("This invitation is for %(email)s, and you are signed in as %(yours)s. Sign out first.")
            % {"email": invitation.email, "yours": user.email}
        )
    if not _claim(invitation, clock.now()):
        raise InvitationGone(_("This invitation was just used. Sign in instead."))
    member = members.add_member(
        workspace=invitation.workspace,
        user=user,
        role=invitation.role,
        scope=invitation.scope,
        team=invitation.team,
        by=None,
    )
    audit.record(invitation.workspace, "invitation.accepted", invitation, by=member)
    if invitation.invited_by is not None:
        url = reverse("workspaces:members", kwargs={"workspace": invitation.workspace.slug})
        notices.tell(invitation.invited_by, JOINED, url=url, data={"name": str(member)}, by=member)
    return member


def open_invitations(workspace: Workspace) -> QuerySet[Invitation]:
    """Invitations that were neither accepted nor taken back, the expired ones included."""
    return Invitation.objects.filter(workspace=workspace, accepted_at=None, revoked_at=None)


def _new_user(invitation: Invitation, name: str, password: str, language: str) -> User:
    if User.objects.filter(email=invitation.email).exists():
        raise NotInvited(
            _("You have a password here already. Sign in as %(email)s first.") % {"email": invitation.email}
        )
    if not name:
        raise BadChoice("name", _("Say how your colleagues call you."))
    user = User(email=invitation.email, name=name[:120], language=language)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise PasswordTooWeak(" ".join(error.messages)) from None
    user.set_password(password)
    user.save()
    return user


def _claim(invitation: Invitation, now: datetime) -> bool:
    """Whether it was us who used the invitation: exactly one row changes, for exactly one visitor."""
    unused = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None, expires_at__gt=now)
    return unused.update(accepted_at=now) == 1
