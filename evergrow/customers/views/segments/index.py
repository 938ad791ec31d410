"""The list of segments."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from evergrow.customers.models import Segment
from evergrow.customers.queries import segments as queries
from evergrow.customers.queries.segments import Row
from evergrow.customers.views.page import page
from evergrow.lib.listing import ListState, Shape, parse
from evergrow.workspaces.access import GatedRequest, gate, may

PER_PAGE = 50
SHAPE = Shape(
    filters=["kind", "made", "state", "owner"], sorts=["name", "size", "change", "as_of"], default_sort="name"
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A tab or a filter's choice: its words, the address that chooses it, whether it is chosen."""

    label: str
    query: str
    is_current: bool
    count: int


@gate("view")
def segments(request: GatedRequest) -> HttpResponse:
    """Every segment with its size, what changed in a week, and how fresh it is."""
    state = parse(request.GET.urlencode(), SHAPE)
    every = queries.rows(request.workspace)
    found = [row for row in every if _fits(row, state, request.member.pk)]
    found.sort(key=_order(state), reverse=state.is_descending)
    context = {
        "state": state,
        "page": Paginator(found, PER_PAGE).get_page(state.page),
        "tabs": _tabs(every, state),
        "filters": _filters(state),
        "heads": _heads(state),
        "is_filtered": bool(state.search or state.filters),
        "may_work": may(request.member, "work"),
        "total": len(every),
    }
    return page(request, "customers/segments/index.html", "customers/segments/_index.html", context)


def _fits(row: Row, state: ListState, member: int) -> bool:
    segment, chosen = row.segment, state.filters
    wanted = chosen.get("state", ("published", "draft"))
    named = f"{segment.name} {segment.name_zh} {segment.key} {segment.description}".lower()
    return (
        row.state in wanted
        and all(word in named for word in state.search.lower().split())
        and ("kind" not in chosen or segment.kind in chosen["kind"])
        and ("made" not in chosen or ("list" if segment.is_list else "criteria") in chosen["made"])
        and ("owner" not in chosen or segment.owner_id == member)
    )


def _order(state: ListState) -> Callable[[Row], Any]:
    language = get_language() or "en"
    orders: dict[str, Callable[[Row], Any]] = {
        "name": lambda row: row.segment.called(language).lower(),
        "size": lambda row: row.segment.size,
        "change": lambda row: row.change or 0,
        "as_of": lambda row: row.segment.as_of.timestamp() if row.segment.as_of else 0.0,
    }
    return orders[state.sort_key]


def _tabs(every: list[Row], state: ListState) -> list[Choice]:
    """All, of accounts, of people, retired: each with how many there are."""
    used = [row for row in every if row.state != "retired"]
    kind, is_retired = state.filters.get("kind", ("",))[0], state.filters.get("state") == ("retired",)
    bare = state.having("kind", []).having("state", [])
    tabs = [Choice(_("In use"), bare.query, not kind and not is_retired, len(used))]
    labels = {"account": pgettext("segments", "Of accounts"), "person": pgettext("segments", "Of people")}
    for value, label in labels.items():
        count = sum(row.segment.kind == value for row in used)
        tabs.append(Choice(label, bare.having("kind", [value]).query, kind == value and not is_retired, count))
    retired = bare.having("state", ["retired"]).query
    return [*tabs, Choice(pgettext("segments", "Retired"), retired, is_retired, len(every) - len(used))]


def _filters(state: ListState) -> list[Choice]:
    made, mine = state.filters.get("made", ()), "owner" in state.filters
    wanted = [
        (pgettext("segments", "By criteria"), "made", "criteria", "criteria" in made),
        (pgettext("segments", "Lists"), "made", "list", "list" in made),
        (_("Mine"), "owner", "me", mine),
    ]
    return [
        Choice(label, state.having(key, [] if chosen else [value]).query, chosen, 0)
        for label, key, value, chosen in wanted
    ]


def _heads(state: ListState) -> list[tuple[str, str, str, str]]:
    """Label, key, the query that sorts by it, and how it is sorted now."""
    labels = {
        "name": _("Segment"),
        "size": pgettext("segment", "Size"),
        "change": pgettext("segment", "7 days"),
        "as_of": _("As of"),
    }
    order = "descending" if state.is_descending else "ascending"
    return [
        (
            label,
            key,
            state.sorted_by(key, first_descending=key != "name").query or f"sort={key}",
            order if state.sort_key == key else "",
        )
        for key, label in labels.items()
    ]


def choices(request: GatedRequest, kind: str) -> list[Segment]:
    """The segments of a kind that can be chosen somewhere, by name."""
    rows = Segment.objects.filter(workspace=request.workspace, kind=kind, retired_at=None)
    language = get_language() or "en"
    return sorted(rows, key=lambda each: each.called(language).lower())
