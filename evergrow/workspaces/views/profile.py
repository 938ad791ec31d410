"""My own page: name, language, theme, password."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from evergrow.workspaces import actions, throttle
from evergrow.workspaces.access import GatedRequest, gate
from evergrow.workspaces.errors import Refused
from evergrow.workspaces.forms import PasswordForm, ProfileForm, attempt
from evergrow.workspaces.models import User
from evergrow.workspaces.views.sign_in import PROVED_AT, proved_lately, too_many


@gate("view")
@require_safe
def profile(request: GatedRequest) -> HttpResponse:
    return _page(request)


@gate("view")
@require_POST
def change_profile(request: GatedRequest) -> HttpResponse:
    form = ProfileForm(request.POST)
    if attempt(form, lambda data: actions.change_profile(user=request.member.user, **data)) is None:
        return _page(request, profile_form=form, status=422)
    messages.success(request, _("Saved."))
    response = HttpResponseRedirect(_here(request))
    # A cookie of this browser goes before the user's choice, so the old choice leaves the browser here.
    for cookie in ("evergrow_language", "evergrow_theme"):
        response.delete_cookie(cookie)
    return response


@gate("view")
@require_POST
def change_password(request: GatedRequest) -> HttpResponse:
    """Set a new password. Other sessions of the user end; this one goes on."""
    user = request.member.user
    if not throttle.allow("password", str(user.pk), limit=10, seconds=15 * 60):
        return too_many(request)
    form = PasswordForm(request.POST, asks_current=_asks_current(request))

    def change(data: dict[str, Any]) -> User:
        actions.change_password(user=user, password=data["password"], current=data.get("current"))
        return user

    if attempt(form, change) is None:
        return _page(request, password_form=form, status=422)
    update_session_auth_hash(request, user)
    request.session.pop(PROVED_AT, None)
    messages.success(request, _("Your password was changed. Other browsers are signed out."))
    return HttpResponseRedirect(_here(request))


@gate("view")
@require_POST
def leave(request: GatedRequest) -> HttpResponse:
    """End one's own membership; the last owner cannot."""
    try:
        actions.remove_member(member=request.member, by=request.member)
    except Refused as refused:
        messages.error(request, str(refused))
        return HttpResponseRedirect(_here(request))
    messages.success(request, _("You have left %(workspace)s.") % {"workspace": request.workspace})
    return HttpResponseRedirect(reverse("workspaces"))


def _asks_current(request: GatedRequest) -> bool:
    return request.member.user.has_usable_password() and not proved_lately(request)


def _page(
    request: GatedRequest,
    *,
    profile_form: ProfileForm | None = None,
    password_form: PasswordForm | None = None,
    status: int = 200,
) -> HttpResponse:
    user = request.member.user
    initial = {"name": user.name, "language": user.language, "theme": user.theme}
    context = {
        "profile_form": profile_form or ProfileForm(initial=initial),
        "password_form": password_form or PasswordForm(asks_current=_asks_current(request)),
        "has_password": user.has_usable_password(),
    }
    return render(request, "workspaces/profile.html", context, status=status)


def _here(request: GatedRequest) -> str:
    return reverse("workspaces:profile", kwargs={"workspace": request.workspace.slug})
