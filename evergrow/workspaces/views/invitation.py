"""Accepting an invitation."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from evergrow.workspaces import actions, throttle
from evergrow.workspaces.actions.invitations import find_invitation
from evergrow.workspaces.errors import InvitationGone, Refused
from evergrow.workspaces.forms import NewcomerForm, attempt
from evergrow.workspaces.models import User
from evergrow.workspaces.views.sign_in import HOUR, enter, too_many


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Join: as oneself when signed in with the invited address, else with a name and a password."""
    if not throttle.allow("invitation", throttle.visitor(request), limit=60, seconds=HOUR):
        return too_many(request)
    try:
        invitation = find_invitation(token)
    except InvitationGone as gone:
        return render(request, "workspaces/gone.html", {"text": str(gone)}, status=410)
    known = User.objects.filter(email=invitation.email).exists()
    context = {"invitation": invitation, "is_known": known, "path": request.path}
    if request.user.is_authenticated:
        return _join(request, token, request.user, context)
    if known:
        return render(request, "workspaces/invitation.html", context)
    form = NewcomerForm(request.POST or None)
    if request.method == "POST":
        language = get_language() or "en"
        member = attempt(form, lambda data: actions.accept_invitation(token=token, language=language, **data))
        if member is not None:
            enter(request, member.user)
            return HttpResponseRedirect("/")
    return render(request, "workspaces/invitation.html", {**context, "form": form})


def _join(request: HttpRequest, token: str, user: User, context: dict[str, object]) -> HttpResponse:
    fits = user.email.lower() == context["invitation"].email  # type: ignore[attr-defined]
    if request.method == "POST":
        try:
            actions.accept_invitation(token=token, user=user)
        except Refused as refused:
            return render(request, "workspaces/gone.html", {"text": str(refused)}, status=409)
        return HttpResponseRedirect("/")
    return render(request, "workspaces/invitation.html", {**context, "fits": fits, "is_signed_in": True})
