"""One segment: who is in it and why, how it grew, who came and left, what stands on it."""

from datetime import timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from evergrow import warehouse
from evergrow.customers.models import Segment, SegmentVersion
from evergrow.customers.queries import segments as queries
from evergrow.customers.segments import moves, order, words
from evergrow.lib.digits import small
from evergrow.workspaces.access import GatedRequest, gate, may
from evergrow.workspaces.models import Job, JobState

MOVES_SHOWN, MOVES_PAGE = 8, 50
TABS = ("overview", "members", "moves", "versions", "alike")


def address(segment: Segment, name: str = "segment", query: str = "") -> str:
    """The address of a page of a segment."""
    url = reverse(f"customers:{name}", kwargs={"workspace": segment.workspace.slug, "key": segment.key})
    return f"{url}?{query}" if query else url


def frame(request: GatedRequest, segment: Segment, tab: str) -> dict[str, Any]:
    """What every tab of a segment shows."""
    states = SegmentVersion.State
    by_state = {version.state: version for version in segment.versions.exclude(state=states.REPLACED)}
    return {
        "segment": segment,
        "tab": tab,
        "published": by_state.get(states.PUBLISHED),
        "draft": by_state.get(states.DRAFT),
        "is_waiting": is_waiting(segment),
        "may_work": may(request.member, "work"),
        "sees_all": request.member.scope == "all",
    }


def is_waiting(segment: Segment) -> bool:
    """Whether a refresh runs or waits in the queue."""
    queued = Job.objects.filter(
        workspace=segment.workspace,
        dedupe_key=f"segment {segment.pk}",
        state__in=[JobState.QUEUED, JobState.RUNNING],
    )
    return segment.is_refreshing or queued.exists()


@gate("view")
def segment(request: GatedRequest, key: str) -> HttpResponse:
    """The overview."""
    found = queries.segment_or_404(request.member, key)
    context = frame(request, found, "overview")
    shown = context["published"] or context["draft"]
    context |= {
        "sentence": words.sentence(found, shown) if shown else "",
        "users": order.users(found),
        "stands_on": Segment.objects.filter(pk__in=shown.needed["segments"]) if shown else [],
    }
    try:
        context |= _store_part(request, found)
    except warehouse.StoreUnavailable:
        context["unavailable"] = True
    return render(request, "customers/segments/segment.html", context)


@gate("view")
def status(request: GatedRequest, key: str) -> HttpResponse:
    """A line that asks again while a refresh runs, and reloads the page once it is done."""
    found = queries.segment_or_404(request.member, key)
    response = render(request, "customers/segments/_status.html", {"segment": found, "is_waiting": is_waiting(found)})
    if not is_waiting(found):
        response["HX-Refresh"] = "true"
    return response


@gate("view")
def moves_page(request: GatedRequest, key: str) -> HttpResponse:
    """Who came and who left, the newest first."""
    found = queries.segment_or_404(request.member, key)
    place = min(small(request.GET.get("page", "")) or 1, 99_999)
    context = frame(request, found, "moves")
    try:
        latest = moves.latest(found, MOVES_PAGE + 1, (max(place, 1) - 1) * MOVES_PAGE)
        context |= {"moves": told(request, found, latest[:MOVES_PAGE]), "place": place, "has_more": len(latest) > 50}
    except warehouse.StoreUnavailable:
        context["unavailable"] = True
    return render(request, "customers/segments/moves.html", context)


@gate("view")
def versions(request: GatedRequest, key: str) -> HttpResponse:
    """Every edition of the criteria, in words."""
    found = queries.segment_or_404(request.member, key)
    rows = found.versions.select_related("created_by__user", "published_by__user").order_by("-number")
    shown = Paginator(rows, 50).get_page(request.GET.get("page"))
    context = frame(request, found, "versions")
    context |= {"page": shown, "rows": [(version, words.sentence(found, version)) for version in shown]}
    return render(request, "customers/segments/versions.html", context)


def told(request: GatedRequest, segment: Segment, found: list[moves.Move]) -> list[tuple[moves.Move, Any]]:
    """Moves with whom they are about; those whom the member may not see are left out."""
    subjects = queries.named(request.member, segment.kind, [move.subject for move in found])
    return [(move, subjects[move.subject]) for move in found if move.subject in subjects]


def _store_part(request: GatedRequest, segment: Segment) -> dict[str, Any]:
    today = request.workspace.today()
    first = today - timedelta(days=queries.CURVE_DAYS - 1)
    curve = queries.sizes(request.workspace, [segment.pk], first, today)[segment.pk]
    known = [(day, size) for day, size in curve if size is not None]
    moved = queries.moves_by_day(segment, first)
    month = today - timedelta(days=29)
    before = dict(curve).get(today - timedelta(days=7))
    return {
        "chart": _chart(known, moved) if len(known) > 1 or moved else None,
        "change": None if before is None else segment.size - before,
        "entered": sum(entered for day, (entered, _gone) in moved.items() if day >= month),
        "gone": sum(gone for day, (_entered, gone) in moved.items() if day >= month),
        "latest": told(request, segment, moves.latest(segment, MOVES_SHOWN)),
    }


def _chart(known: list[tuple[Any, int]], moved: dict[Any, tuple[int, int]]) -> dict[str, Any]:
    """Size as a line, comings above and goings below nought."""
    days = [day for day, _ in known]
    return {
        "xAxis": {"type": "category", "data": [f"{day.month}/{day.day}" for day in days]},
        "yAxis": {"type": "value", "minInterval": 1},
        "tooltip": {"trigger": "axis"},
        "unit": "number",
        "series": [
            {
                "type": "line",
                "name": pgettext("segment", "Size"),
                "color": "--series-1",
                "showSymbol": len(days) < 15,
                "data": [
                    {"value": size, **({"hatched": True} if place == len(days) - 1 else {})}
                    for place, (_, size) in enumerate(known)
                ],
            },
            {
                "type": "bar",
                "name": _("Came in"),
                "color": "--series-2",
                "stack": "moves",
                "data": [moved.get(day, (0, 0))[0] or None for day in days],
            },
            {
                "type": "bar",
                "name": _("Left"),
                "color": "--text-3",
                "stack": "moves",
                "data": [-moved.get(day, (0, 0))[1] or None for day in days],
            },
        ],
    }
