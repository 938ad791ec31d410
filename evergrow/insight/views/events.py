"""The events this workspace captures, and what they are called."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from evergrow.insight import actions, event_names, queries
from evergrow.workspaces import access
from evergrow.workspaces.access import GatedRequest, gate


@gate("view")
def events(request: GatedRequest) -> HttpResponse:
    """Every event with its names, how often and by how many; managers rename them in place."""
    names = event_names.of(request.workspace)
    rows = [
        {
            "seen": seen,
            "name": names.name(seen.event),
            "label": names.labels.get(seen.event),
            "is_key": names.is_key(seen.event),
        }
        for seen in queries.events_seen(request.workspace)
    ]
    return render(
        request,
        "insight/events.html",
        {
            "rows": rows,
            "edited": request.GET.get("edit", ""),
            "can_manage": access.may(request.member, "manage"),
        },
    )


@gate("manage")
@require_POST
def label_event(request: GatedRequest) -> HttpResponse:
    """Keep an event's names."""
    try:
        actions.label_event(
            workspace=request.workspace,
            event=request.POST.get("event", ""),
            name_zh=request.POST.get("name_zh", ""),
            name_en=request.POST.get("name_en", ""),
            is_key=request.POST.get("is_key") == "on",
            by=request.member,
        )
        messages.success(request, _("The event has its new name."))
    except actions.BadLabel as error:
        messages.error(request, str(error))
    return redirect("insight:events", workspace=request.workspace.slug)
