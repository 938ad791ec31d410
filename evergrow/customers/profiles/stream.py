"""What the tail's templates show: rows, filters, the cursor of older events, and what arrived since the last look."""

import re
from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse

from evergrow import warehouse
from evergrow.customers.models import Person
from evergrow.customers.profiles import tail
from evergrow.customers.profiles.whose import Whose
from evergrow.lib import clock
from evergrow.workspaces.access import GatedRequest

FEW = 10
SEEN = re.compile(r"[0-9]{1,15}-[0-9]{1,20}")


def rows(request: GatedRequest, of: Whose, most: int = tail.PER_PAGE) -> dict[str, Any]:
    """The rows for the address asked; ``is_live`` on the first page without an end."""
    filters, place = tail.read(request.GET), request.GET.get("place", "")
    if request.GET.get("few"):
        most = FEW
    now = clock.now()
    context: dict[str, Any] = {
        "filters": filters,
        "looked_at": now,
        "stream_url": _address(of),
        "is_person": of.is_person,
        "is_live": not place and filters.until is None,
        "is_few": most == FEW,
    }
    try:
        found = tail.tail(of, filters, place, most)
    except warehouse.StoreUnavailable:
        return context | {"is_away": True}
    except tail.NoPlace as error:
        raise Http404 from error
    seen = request.GET.get("seen", "")
    newest = tuple(map(int, seen.split("-"))) if SEEN.fullmatch(seen) else None
    marked = [(each, newest is not None and _mark(each) > newest) for each in found.events]
    query = {key: value for key, value in request.GET.items() if key not in ("place", "seen", "few")}
    return context | {
        "rows": marked,
        "seen_now": "-".join(map(str, _mark(found.events[0]))) if found.events else "0-0",
        "older": urlencode({**query, "place": found.older}) if found.older and most != FEW else "",
        "is_paged": bool(place),
        "live_query": urlencode({**query, "few": 1} if most == FEW else query),
    }


def tab(request: GatedRequest, of: Whose) -> dict[str, Any]:
    """The whole tab: the rows and the names that filters offer."""
    context = rows(request, of)
    try:
        context["names"] = tail.names(of)
    except warehouse.StoreUnavailable:
        context["names"] = []
    return context


def _mark(event: tail.Event) -> tuple[int, ...]:
    return round(event.at.timestamp() * 1000), event.sequence


def _address(of: Whose) -> str:
    name = "customers:person_stream" if isinstance(of.subject, Person) else "customers:account_stream"
    return reverse(name, kwargs={"workspace": of.subject.workspace.slug, "number": of.subject.number})
