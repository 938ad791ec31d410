"""The workspace's settings, and making another workspace."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from evergrow.workspaces import actions, queries
from evergrow.workspaces.access import GatedRequest, gate, may
from evergrow.workspaces.calendar.year import unknown_year
from evergrow.workspaces.forms import NewWorkspaceForm, WorkspaceForm, attempt
from evergrow.workspaces.models import Role, User, Workspace

FIELDS = ("name", "zone", "week_start", "calendar", "currency", "language")


@gate("view")
@require_safe
def settings(request: GatedRequest) -> HttpResponse:
    """How this workspace counts days, weeks and money. Everyone reads it, administrators change it."""
    return _page(request, WorkspaceForm(initial=_now(request.workspace)))


@gate("administer")
@require_POST
def change_settings(request: GatedRequest) -> HttpResponse:
    form = WorkspaceForm(request.POST)
    changed = attempt(
        form, lambda data: actions.change_workspace(workspace=request.workspace, by=request.member, **data)
    )
    if changed is None:
        request.workspace.refresh_from_db()
        return _page(request, form, status=422)
    if "zone" in changed:
        messages.success(request, _("Saved. Days now follow the new time zone; daily figures are being built again."))
    else:
        messages.success(request, _("Saved.") if changed else _("Nothing was changed."))
    return HttpResponseRedirect(reverse("workspaces:settings", kwargs={"workspace": request.workspace.slug}))


def _page(request: GatedRequest, form: WorkspaceForm, status: int = 200) -> HttpResponse:
    administers = may(request.member, "administer")
    if not administers:
        for field in form.fields.values():
            field.disabled = True
    unknown = unknown_year(request.workspace) if administers else None
    context = {"form": form, "administers": administers, "unknown_year": unknown}
    return render(request, "workspaces/settings.html", context, status=status)


def _now(workspace: Workspace) -> dict[str, Any]:
    return {field: getattr(workspace, field) for field in FIELDS}


@login_required
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Go to the workspace visited last."""
    assert isinstance(request.user, User)
    last = queries.workspaces(request.user).first()
    return HttpResponseRedirect(f"/w/{last.workspace.slug}/" if last else reverse("workspaces"))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def workspaces(request: HttpRequest) -> HttpResponse:
    """The workspaces of the signed-in user; who owns one may add another."""
    user = request.user
    assert isinstance(user, User)
    memberships = list(queries.workspaces(user))
    owned = [membership for membership in memberships if membership.role == Role.OWNER]
    form = None
    if owned:
        like = {field: getattr(owned[0].workspace, field) for field in FIELDS if field != "name"}
        form = NewWorkspaceForm(request.POST if request.method == "POST" else None, initial=like)
    if request.method == "POST":
        if form is None:
            raise PermissionDenied
        made = attempt(form, lambda data: actions.create_workspace(owner=user, **data))
        if made is not None:
            return HttpResponseRedirect(reverse("workspaces:settings", kwargs={"workspace": made.slug}))
    status = 422 if form is not None and form.errors else 200
    return render(request, "workspaces/workspaces.html", {"memberships": memberships, "form": form}, status=status)
