"""The stream of messages, and one message whole."""

from datetime import date

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from evergrow import warehouse
from evergrow.intake.live import filters, queries
from evergrow.intake.pipeline import addresses
from evergrow.lib import clock
from evergrow.workspaces.access import GatedRequest, gate
from evergrow.workspaces.models import AccountScope, Key, KeyKind


@gate("view")
@require_safe
def live(request: GatedRequest) -> HttpResponse:
    """The newest messages; as a fragment only the rows, those that came after ``seen`` (milliseconds) marked."""
    wanted, now = filters.read(request.GET), clock.now()
    seen = request.GET.get("seen", "")
    context = {
        "filters": wanted,
        "seen_now": int(now.timestamp() * 1000),
        "looked_at": now,
        "sees_refused": request.member.scope == AccountScope.ALL,
    }
    try:
        rows = queries.newest(request.member, wanted)
        since = int(seen) / 1000 if seen.isascii() and seen.isdigit() and len(seen) < 16 else None
        context["rows"] = [(row, since is not None and row.received_at.timestamp() > since) for row in rows]
    except warehouse.StoreUnavailable:
        context["is_away"] = True
    if request.htmx:
        return render(request, "intake/live/stream.html", context)
    keys = Key.objects.filter(workspace=request.workspace, kind=KeyKind.WRITE)
    context |= {
        "names": sorted({*keys.values_list("name", flat=True)}),
        "types": filters.TYPES.items(),
        "reset_url": addresses.live(request.workspace),
    }
    return render(request, "intake/live/live.html", context)


@gate("view")
@require_safe
def message(request: GatedRequest) -> HttpResponse:
    """One stored event with its times, its properties, whose it became and why."""
    given = request.GET
    person = given.get("person", "")
    try:
        day = date.fromisoformat(given.get("day", ""))
    except ValueError as error:
        raise Http404 from error
    if not (person.isascii() and person.isdigit() and len(person) < 10):
        raise Http404
    found = queries.explained(
        request.member,
        event=given.get("event", "")[:200],
        day=day,
        person=int(person),
        message_id=given.get("id", "")[:200],
    )
    return render(request, "intake/live/message.html", {"explained": found, "arrival": found.arrival})
