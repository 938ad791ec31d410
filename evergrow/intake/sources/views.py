"""The list of sources, a source's own page with its lines to copy, and what can be done to it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from evergrow import warehouse
from evergrow.intake.sources import actions, clients, queries
from evergrow.intake.sources.forms import LimitsForm, NewSourceForm
from evergrow.workspaces import addresses
from evergrow.workspaces.access import GatedRequest, gate, may
from evergrow.workspaces.errors import Refused
from evergrow.workspaces.forms import attempt
from evergrow.workspaces.models import AccountScope, Key


@gate("view")
@require_safe
def sources(request: GatedRequest) -> HttpResponse:
    """All sources and whether they send."""
    return _list(request, NewSourceForm())


def _list(request: GatedRequest, form: NewSourceForm) -> HttpResponse:
    member = request.member
    try:
        context: dict[str, Any] = {"intake": queries.intake(member), "sources": queries.sources(member)}
    except warehouse.StoreUnavailable:
        context = {"is_away": True, "sources": queries.plain_sources(member)}
    context |= {
        "form": form,
        "may_administer": may(member, "administer"),
        "sees_rejects": member.scope == AccountScope.ALL,
    }
    return render(request, "intake/sources/list.html", context, status=422 if form.errors else 200)


@never_cache
@gate("administer")
@require_POST
def new_source(request: GatedRequest) -> HttpResponse:
    """Make a source and show its page; the secret is part of this answer and of nothing else."""
    form = NewSourceForm(request.POST)
    act = actions.create_source
    made = attempt(form, lambda data: act(workspace=request.workspace, by=request.member, **data))
    return _list(request, form) if made is None else _page(request, made[0], secret=made[1])


@gate("view")
@require_safe
def source(request: GatedRequest, pk: int) -> HttpResponse:
    """How to connect a source, whether it is, and what it may send."""
    return _page(request, queries.key_or_404(request.member, pk))


def _page(request: GatedRequest, key: Key, secret: str = "", form: LimitsForm | None = None) -> HttpResponse:
    found = clients.filled(addresses.base(request), secret)
    chosen = next((each for each in found if each.key == request.GET.get("client")), found[0])
    own = getattr(key, "source_settings", None)
    context = {
        **_state(request, key),
        "key": key,
        "own": own,
        "secret": secret,
        "groups": clients.by_group(found),
        "clients": found,
        "chosen": chosen,
        "form": form or LimitsForm(own=own),
        "is_open": bool(form and form.errors),
        "may_administer": may(request.member, "administer"),
    }
    return render(request, "intake/sources/source.html", context, status=422 if form and form.errors else 200)


@gate("view")
@require_safe
def tick(request: GatedRequest, pk: int) -> HttpResponse:
    """Whether the first event of a source is there; asks again by itself until it is."""
    key = queries.key_or_404(request.member, pk)
    return render(request, "intake/sources/tick.html", _state(request, key) | {"key": key})


def _state(request: GatedRequest, key: Key) -> dict[str, Any]:
    try:
        found, is_away = queries.one_source(request.member, key), False
    except warehouse.StoreUnavailable:
        found, is_away = queries.Source(key, getattr(key, "source_settings", None)), True
    return {"source": found, "is_away": is_away, "hints": queries.hints(request.member, key)}


@gate("administer")
@require_http_methods(["POST"])
def limits(request: GatedRequest, pk: int) -> HttpResponse:
    """Change what a source may send."""
    key = queries.key_or_404(request.member, pk)
    form = LimitsForm(request.POST, own=getattr(key, "source_settings", None))

    def act(data: dict[str, Any]) -> Any:
        origins = str(data.pop("origins")).splitlines()
        return actions.set_limits(key=key, limits=data, origins=origins, by=request.member)

    if attempt(form, act) is None:
        return _page(request, key, form=form)
    messages.success(request, _("The limits are in force within two seconds."))
    return _back(request, key)


@gate("administer")
@require_POST
def pause(request: GatedRequest, pk: int) -> HttpResponse:
    """Refuse everything from a source for now."""
    key = queries.key_or_404(request.member, pk)
    try:
        actions.pause(key=key, by=request.member)
        messages.success(request, _("“%(name)s” is paused: what it sends is refused.") % {"name": key.name})
    except Refused as refused:
        messages.info(request, str(refused))
    return _back(request, key)


@gate("administer")
@require_POST
def resume(request: GatedRequest, pk: int) -> HttpResponse:
    """Take events from a source again."""
    key = queries.key_or_404(request.member, pk)
    try:
        actions.resume(key=key, by=request.member)
        messages.success(request, _("Events from “%(name)s” are taken again.") % {"name": key.name})
    except Refused as refused:
        messages.info(request, str(refused))
    return _back(request, key)


def _back(request: GatedRequest, key: Key) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("intake:source", kwargs={"workspace": request.workspace.slug, "pk": key.pk}))
