"""The form of one filter of the account list."""

from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from evergrow.customers import registry
from evergrow.customers.list_page import kept, state_of, tabs
from evergrow.customers.registry import Filter
from evergrow.customers.views.page import page
from evergrow.lib.ranges import Range
from evergrow.workspaces.access import GatedRequest, gate


@gate("view")
def filter_form(request: GatedRequest, key: str) -> HttpResponse:
    """Choose the values of a filter; the form leads back to the list."""
    part = next((part for part in registry.filters() if part.key == key), None)
    if part is None:
        raise Http404
    state = state_of(request.GET.urlencode(), tabs(request.member))
    context = {
        "part": part,
        "kind": "choice" if part.choices else part.kind,
        "kept": kept(state, key),
        "back": state.query,
        "title": _("Filter by: %(what)s") % {"what": part.label},
        **_fields(request, part, state.filters.get(key, ())),
    }
    return page(request, "customers/filter.html", "customers/_filter.html", context)


def _fields(request: GatedRequest, part: Filter, values: tuple[str, ...]) -> dict[str, Any]:
    if part.choices is not None:
        return {"choices": [(value, label, value in values) for value, label in part.choices(request.workspace)]}
    if part.kind == "text":
        return {"text": values[0] if values else ""}
    try:
        low, high = Range.parse(values[0]) if values else (None, None)
    except ValueError:
        low, high = None, None
    return {"low": low, "high": high}
