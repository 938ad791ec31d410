"""The keys page: write keys for capture, tokens for the API."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from evergrow.workspaces import actions, addresses, queries
from evergrow.workspaces.access import GatedRequest, gate
from evergrow.workspaces.errors import Refused
from evergrow.workspaces.forms import KeyForm, attempt
from evergrow.workspaces.models import KeyKind, Role


@never_cache
@gate("administer")
@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: GatedRequest) -> HttpResponse:
    """All keys; a new one's secret is part of the answer to the form and of nothing else."""
    initial = {"kind": KeyKind.WRITE, "role": Role.VIEWER}
    form = KeyForm(request.POST if request.method == "POST" else None, by=request.member, initial=initial)
    context: dict[str, Any] = {"form": form, "base": addresses.base(request)}
    if request.method == "POST":
        made = attempt(form, lambda data: actions.create_key(workspace=request.workspace, by=request.member, **data))
        if made is not None:
            context["fresh_key"], context["secret"] = made
            context["form"] = KeyForm(by=request.member, initial=initial)
    context["rows"] = queries.keys(request.member)
    return render(request, "workspaces/keys.html", context, status=422 if form.errors else 200)


@gate("administer")
@require_POST
def revoke_key(request: GatedRequest, pk: int) -> HttpResponse:
    key = queries.key_or_404(request.member, pk)
    try:
        actions.revoke_key(key=key, by=request.member)
        messages.success(request, _("“%(name)s” no longer works.") % {"name": key.name})
    except Refused as refused:
        messages.error(request, str(refused))
    return HttpResponseRedirect(reverse("workspaces:keys", kwargs={"workspace": request.workspace.slug}))
