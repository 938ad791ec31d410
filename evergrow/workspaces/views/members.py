"""The members page: who works here, what they may do, whom they invite."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from evergrow.lib import clock
from evergrow.workspaces import actions, addresses, mail, queries, throttle
from evergrow.workspaces.absences import reading
from evergrow.workspaces.access import GatedRequest, gate, may
from evergrow.workspaces.errors import Refused
from evergrow.workspaces.forms import InvitationForm, MemberForm, attempt
from evergrow.workspaces.models import Invitation, Member, Role
from evergrow.workspaces.ranks import rank
from evergrow.workspaces.roles import ROLES

INVITATIONS_AN_HOUR = 60


def members_url(member: Member) -> str:
    return reverse("workspaces:members", kwargs={"workspace": member.workspace.slug})


@gate("view")
@require_safe
def members(request: GatedRequest) -> HttpResponse:
    """Everyone who works here; administrators also see the open invitations and invite."""
    return _page(request)


def _page(
    request: GatedRequest, *, form: InvitationForm | None = None, fresh: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    member, administers = request.member, may(request.member, "administer")
    rows = list(queries.members(member))
    context: dict[str, Any] = {
        "rows": rows,
        "reachable": {row.pk for row in rows if administers and rank(row.role) <= rank(member.role)},
        "roles": ROLES,
        "administers": administers,
        "fresh": fresh,
        "mail": settings.MAIL_IS_SET_UP,
        "now": clock.now(),
        "away": {pk: absence.ends_on for pk, absence in reading.away(member.workspace).items()},
    }
    if administers:
        context["form"] = form or InvitationForm(by=member, initial={"role": Role.OPERATOR})
        context["invitations"] = queries.open_invitations(member)
        context["teams"] = queries.teams(member)
    return render(request, "workspaces/members.html", context, status=status)


@never_cache
@gate("administer")
@require_POST
def invite(request: GatedRequest) -> HttpResponse:
    """Invite somebody; the link is shown this once, and mailed where mail is set up."""
    form = InvitationForm(request.POST, by=request.member)
    if _too_many(request):
        form.is_valid()
        form.add_error(None, _("Too many invitations. Wait an hour before you send more."))
        return _page(request, form=form, status=429)
    made = attempt(form, lambda data: actions.invite(workspace=request.workspace, by=request.member, **data))
    if made is None:
        return _page(request, form=form, status=422)
    return _page(request, fresh=_delivered(request, *made))


@never_cache
@gate("administer")
@require_POST
def renew_invitation(request: GatedRequest, pk: int) -> HttpResponse:
    """Send a new link for an open invitation; the old one stops."""
    invitation = queries.invitation_or_404(request.member, pk)
    if _too_many(request):
        messages.error(request, _("Too many invitations. Wait an hour before you send more."))
        return HttpResponseRedirect(members_url(request.member))
    try:
        token = actions.renew_invitation(invitation=invitation, by=request.member)
    except Refused as refused:
        messages.error(request, str(refused))
        return HttpResponseRedirect(members_url(request.member))
    return _page(request, fresh=_delivered(request, invitation, token))


@gate("administer")
@require_POST
def revoke_invitation(request: GatedRequest, pk: int) -> HttpResponse:
    invitation = queries.invitation_or_404(request.member, pk)
    try:
        actions.revoke_invitation(invitation=invitation, by=request.member)
        messages.success(request, _("The invitation for %(who)s was taken back.") % {"who": invitation.email})
    except Refused as refused:
        messages.error(request, str(refused))
    return HttpResponseRedirect(members_url(request.member))


@gate("administer")
def member(request: GatedRequest, pk: int) -> HttpResponse:
    """One member: change role, team and what they see."""
    colleague = queries.member_or_404(request.member, pk)
    if rank(colleague.role) > rank(request.member.role):
        raise PermissionDenied
    initial = {"role": colleague.role, "scope": colleague.scope, "team": colleague.team}
    form = MemberForm(request.POST if request.method == "POST" else None, by=request.member, initial=initial)
    if request.method == "POST":
        changed = attempt(form, lambda data: actions.change_member(member=colleague, by=request.member, **data))
        if changed is not None:
            messages.success(request, _("%(who)s was changed.") % {"who": colleague})
            return HttpResponseRedirect(members_url(request.member))
    context = {"colleague": colleague, "form": form, "roles": ROLES, "teams": queries.teams(request.member)}
    return render(request, "workspaces/member.html", context, status=422 if form.errors else 200)


@gate("administer")
@require_POST
def remove_member(request: GatedRequest, pk: int) -> HttpResponse:
    """End somebody's membership."""
    colleague = queries.member_or_404(request.member, pk)
    try:
        actions.remove_member(member=colleague, by=request.member)
        messages.success(request, _("%(who)s no longer works here.") % {"who": colleague})
    except Refused as refused:
        messages.error(request, str(refused))
    return HttpResponseRedirect("/" if colleague.pk == request.member.pk else members_url(request.member))


def _delivered(request: GatedRequest, invitation: Invitation, token: str) -> dict[str, Any]:
    url = addresses.invitation(addresses.base(request), token)
    return {"url": url, "email": invitation.email, "is_mailed": mail.send_invitation(invitation, url)}


def _too_many(request: GatedRequest) -> bool:
    who = str(request.workspace.pk)
    return not throttle.allow("invitations", who, limit=INVITATIONS_AN_HOUR, seconds=60 * 60)
