"""The lists: events and properties, as seen and as planned."""

from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from evergrow import warehouse
from evergrow.intake.models.plan import TrackedProperty
from evergrow.intake.plan import forms, seen
from evergrow.intake.plan.seen import EventRow, PropertyRow
from evergrow.lib.listing import ListState, Shape, parse
from evergrow.workspaces.access import GatedRequest, gate, may

PAGE_SIZE = 50
SHOWN: dict[str, tuple[str | Promise, Callable[[EventRow], bool]]] = {
    "": (pgettext_lazy("events", "All"), lambda row: not row.is_hidden),
    "violating": (pgettext_lazy("events", "Violating"), lambda row: row.violations > 0),
    "unplanned": (pgettext_lazy("events", "Unplanned"), lambda row: not row.is_planned and not row.is_hidden),
    "unverified": (pgettext_lazy("events", "Unverified"), lambda row: not row.is_verified and not row.is_hidden),
    "quiet": (pgettext_lazy("events", "Quiet"), lambda row: row.is_quiet and not row.is_hidden),
    "drafts": (pgettext_lazy("events", "With a draft"), lambda row: row.has_draft),
    "hidden": (pgettext_lazy("events", "Hidden"), lambda row: row.is_hidden),
}
SORTS: dict[str, Callable[[EventRow], Any]] = {
    "name": lambda row: row.name.lower(),
    "lately": lambda row: row.lately,
    "violations": lambda row: row.violations,
    "last": lambda row: row.last_day.toordinal() if row.last_day else 0,
}
SHAPE = Shape(filters=("show", "owner"), sorts=tuple(SORTS), default_sort="-lately")
HEADS = (
    ("name", _("Event")),
    ("lately", _("Last 30 days")),
    ("violations", _("Violations")),
    ("last", _("Last seen")),
)


@gate("view")
@require_safe
def plan(request: GatedRequest) -> HttpResponse:
    """Every event: how often it comes, what is planned, what goes against it."""
    state = parse(request.GET.urlencode(), SHAPE)
    try:
        rows = seen.events(request.workspace)
    except warehouse.StoreUnavailable:
        return render(request, "intake/plan/away.html", status=503)
    chosen = (*state.filters.get("show", ()), "")[0]
    chosen = chosen if chosen in SHOWN else ""
    found = _sorted([row for row in rows if SHOWN[chosen][1](row) and _matches(row, state)], state)
    drafts = [version for version in seen.versions(request.workspace) if version.state == "draft"]
    context = {
        "page": Paginator(found, PAGE_SIZE).get_page(state.page),
        "state": state,
        "tabs": [
            (label, state.having("show", [key]).query, sum(map(fits, rows)), key == chosen)
            for key, (label, fits) in SHOWN.items()
        ],
        "heads": {key: _head(state, key, label) for key, label in HEADS},
        "owners": forms.members_of(request.workspace),
        "owner": (*state.filters.get("owner", ()), "")[0],
        "has_events": bool(rows),
        "violating": sum(1 for row in rows if row.violations),
        "violations": sum(row.violations for row in rows),
        "planned": sum(1 for row in rows if row.is_planned),
        "total": len(rows),
        "drafts": len(drafts),
        "may_manage": may(request.member, "manage"),
    }
    return render(request, "intake/plan/plan.html", context)


@gate("view")
@require_safe
def properties(request: GatedRequest) -> HttpResponse:
    """Every property of the last 30 days, whichever events carry it, and what is said of it."""
    words = request.GET.get("q", "").strip()[:200]
    try:
        rows = seen.properties(request.workspace)
    except warehouse.StoreUnavailable:
        return render(request, "intake/plan/away.html", status=503)
    known = {row.name: row for row in TrackedProperty.objects.filter(workspace=request.workspace)}
    for row in rows:
        row.tracked = known.pop(row.name, None)
    rows += [PropertyRow(name, tracked=tracked) for name, tracked in known.items()]
    found = [row for row in rows if words.lower() in row.name.lower()]
    context = {
        "page": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
        "words": words,
        "sees_all": request.member.scope == "all",
        "total": len(rows),
    }
    return render(request, "intake/plan/properties.html", context)


def _matches(row: EventRow, state: ListState) -> bool:
    owners = state.filters.get("owner", ())
    if owners and str(row.tracked.owner_id if row.tracked else "") not in owners:
        return False
    words = state.search.lower()
    said = " ".join((row.name, *(row.tracked.description.values() if row.tracked else ()))).lower()
    tags = row.tracked.tags if row.tracked else []
    return words in said or words in (tag.lower() for tag in tags)


def _sorted(rows: list[EventRow], state: ListState) -> list[EventRow]:
    by = SORTS[state.sort_key]
    return sorted(sorted(rows, key=lambda row: row.name), key=by, reverse=state.is_descending)


def _head(state: ListState, key: str, label: Any) -> dict[str, Any]:
    order = ("descending" if state.is_descending else "ascending") if state.sort_key == key else ""
    query = state.sorted_by(key, first_descending=key != "name").query or f"sort={SHAPE.default_sort}"
    return {"label": label, "query": query, "order": order}
