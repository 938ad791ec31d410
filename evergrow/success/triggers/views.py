"""The triggers of a playbook: made, tried, put in force, and what came of them."""

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from evergrow import warehouse
from evergrow.customers.criteria import CostError, CriteriaError
from evergrow.lib.digits import row_id
from evergrow.success import access
from evergrow.success.errors import Refused
from evergrow.success.models import Playbook, StartRules
from evergrow.success.models.triggers import FiringReason, FiringState, Trigger, TriggerVersion
from evergrow.success.triggers import actions, definition, form, reading, start_rules, words
from evergrow.success.triggers import outcome as outcomes
from evergrow.success.triggers.preview import preview as previewed
from evergrow.success.views.answers import saying
from evergrow.workspaces.access import GatedRequest, gate, may

PAGE = 50
UNREADABLE = (Refused, CriteriaError, CostError, warehouse.BadQuery, warehouse.StoreUnavailable)


def tab(request: GatedRequest, playbook: Playbook) -> dict[str, Any]:
    """What the tab of a playbook shows: its triggers, and how its starts are held in check."""
    return {
        "triggers": reading.of_playbook(request.member, playbook),
        "rules": start_rules.current(playbook),
        "when_full": StartRules.WhenFull.choices,
        "most_held_out": start_rules.MOST_HELD_OUT,
    }


@gate("manage")
@require_POST
def change_rules(request: GatedRequest, playbook: str) -> HttpResponse:
    """Who is held out, and how many starts a day."""
    book, post = access.playbook_or_404(request.member, playbook), request.POST
    capacity, keep = post.get("capacity", "").strip(), post.get("keep_days", "").strip()
    with saying(request, _("Saved.")):
        start_rules.save(
            playbook=book,
            by=request.member,
            held_out_percent=post.get("held_out_percent", ""),
            capacity=_whole(capacity) if capacity else None,
            when_full=post.get("when_full", ""),
            keep_days=_whole(keep),
        )
    return redirect(_tab_url(request, book))


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else -1


def _tab_url(request: GatedRequest, playbook: Playbook) -> str:
    return reverse("success:playbook", args=[request.workspace.slug, playbook.key]) + "?tab=triggers"


@gate("manage")
def new(request: GatedRequest, playbook: str) -> HttpResponse:
    """A trigger with its first draft."""
    book = access.playbook_or_404(request.member, playbook)
    fields = form.as_fields({}, {})
    if request.method == "POST":
        fields = form.as_typed(request.POST)
        try:
            data = form.read(request.POST, request.workspace)
            made = actions.create_trigger(playbook=book, name=form.names(request.POST), data=data, by=request.member)
        except UNREADABLE as refused:
            return _form(request, book, None, fields, refused)
        return redirect("success:trigger", request.workspace.slug, made.pk)
    return _form(request, book, None, fields)


@gate("manage")
def edit(request: GatedRequest, trigger: int) -> HttpResponse:
    """The draft of a trigger; what is published goes on as it is."""
    row = reading.trigger_or_404(request.member, trigger)
    standing = reading.standing(request.member, row)
    shown = standing.draft or standing.published
    fields = form.as_fields(shown.definition if shown else {}, row.name)
    if request.method == "POST":
        fields = form.as_typed(request.POST)
        try:
            data = form.read(request.POST, request.workspace)
            actions.save_draft(trigger=row, data=data, by=request.member, name=form.names(request.POST))
        except UNREADABLE as refused:
            return _form(request, row.playbook, row, fields, refused)
        return redirect("success:trigger", request.workspace.slug, row.pk)
    return _form(request, row.playbook, row, fields)


def _form(
    request: GatedRequest,
    playbook: Playbook,
    trigger: Trigger | None,
    fields: dict[str, Any],
    error: Exception | None = None,
) -> HttpResponse:
    field = getattr(error, "field", "")
    problem = error if isinstance(error, CriteriaError) else getattr(error, "error", None)
    context = {
        "playbook": playbook,
        "trigger": trigger,
        "fields": fields,
        "error": error,
        "field": field,
        "problem": problem,
        **form.choices(request.workspace),
    }
    return render(request, "success/triggers/form.html", context, status=422 if error else 200)


@gate("manage")
@require_POST
def preview(request: GatedRequest, playbook: str) -> HttpResponse:
    """Whom the rule in the form would fire for now, or (``trigger``) as the next version of a trigger; no effect."""
    book = access.playbook_or_404(request.member, playbook)
    pk = row_id(request.POST.get("trigger"))
    row = reading.trigger_or_404(request.member, pk) if pk else None
    context: dict[str, Any] = {"workspace": request.workspace}
    try:
        rule = definition.read(form.read(request.POST, request.workspace))
        context["said"] = words.sentences(rule, request.workspace)
        context["preview"] = previewed(request.member, book, rule, row)
        context["rule"] = rule
    except UNREADABLE as error:
        context["error"] = error
    return render(request, "success/triggers/_preview.html", context)


@gate("view")
@require_safe
def trigger(request: GatedRequest, trigger: int) -> HttpResponse:
    """One trigger: what it says, what it fired by ``state`` and ``reason``, what came of it, its versions."""
    row = reading.trigger_or_404(request.member, trigger)
    standing = reading.standing(request.member, row)
    state, reason = request.GET.get("state", ""), request.GET.get("reason", "")
    rows = reading.behind(request.member, row, state, reason)
    context = {
        "trigger": row,
        "playbook": row.playbook,
        "standing": standing,
        "said": reading.sentences(standing.draft) if standing.draft else {},
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "state": state if state in FiringState.values else "",
        "reason": reason if reason in FiringReason.values else "",
        "states": [(key, label, standing.states[key]) for key, label in FiringState.choices],
        "versions": _versions(row),
        "members": reading.looked(request.member, standing.published)[0] if standing.published else None,
        "can_manage": may(request.member, "manage"),
        **_outcome(request, row),
    }
    if standing.draft and request.GET.get("try") and may(request.member, "manage"):
        context |= _tried(request, row, standing.draft.definition)
    return render(request, "success/triggers/trigger.html", context)


def _tried(request: GatedRequest, row: Trigger, data: dict[str, Any]) -> dict[str, Any]:
    """What the draft would do, or why that cannot be said."""
    try:
        rule = definition.read(data)
        return {"rule": rule, "preview": previewed(request.member, row.playbook, rule, row)}
    except UNREADABLE as error:
        return {"error": error}


def _versions(row: Trigger) -> list[tuple[TriggerVersion, str]]:
    """All versions with what each says, the newest first."""
    found = row.versions.select_related("published_by__user", "created_by__user").order_by("-number")
    for version in found:
        version.trigger = row
    return [(version, reading.sentence(version)) for version in found]


def _outcome(request: GatedRequest, row: Trigger) -> dict[str, Any]:
    asked = request.GET.get("after", "")
    days = int(asked) if asked in map(str, outcomes.HORIZONS) else outcomes.HORIZONS[0]
    try:
        found = outcomes.outcome(request.member, row, days)
    except warehouse.StoreUnavailable:
        found = None
    return {"outcome": found, "horizons": outcomes.HORIZONS, "fewest": outcomes.FEWEST, "days": days}


@gate("manage")
@require_POST
def move(request: GatedRequest, trigger: int) -> HttpResponse:
    """Publish the draft or throw it away, pause the trigger or resume it."""
    row, by = reading.trigger_or_404(request.member, trigger), request.member
    here = reverse("success:trigger", args=[request.workspace.slug, row.pk])
    moves: dict[str, tuple[Callable[[], object], str]] = {
        "publish": (lambda: actions.publish(trigger=row, by=by), _("It is in force, and looks at everybody now.")),
        "discard": (lambda: actions.discard_draft(trigger=row, by=by), _("The draft was thrown away.")),
        "pause": (lambda: actions.retire(trigger=row, by=by), _("It is paused: nothing starts by it any more.")),
        "resume": (
            lambda: actions.restore(trigger=row, by=by),
            _("It is in force again, for what is new from now on."),
        ),
    }
    act, done = moves.get(request.POST.get("move", ""), (None, ""))
    if act is not None:
        with saying(request, done):
            act()
    is_gone = not Trigger.objects.filter(pk=row.pk).exists()
    return redirect(_tab_url(request, row.playbook) if is_gone else here)
