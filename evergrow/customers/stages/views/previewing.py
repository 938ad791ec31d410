"""Who would move by the draft of a lifecycle."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from evergrow import warehouse
from evergrow.customers import criteria
from evergrow.customers.privacy.masking import mask_for
from evergrow.customers.stages import editing, seen
from evergrow.customers.stages.preview import Preview, preview
from evergrow.customers.stages.views.common import head, lifecycle_or_404
from evergrow.workspaces.access import GatedRequest, gate

PER_PAGE = 50


@gate("manage")
@require_safe
def movers(request: GatedRequest, key: str) -> HttpResponse:
    """Counts from stage to stage and the list behind them (``?from=&to=``); for htmx the counts alone."""
    lifecycle = lifecycle_or_404(request, key)
    draft = editing.draft(lifecycle)
    if draft is None:
        raise Http404
    context: dict[str, Any] = {"lifecycle": lifecycle, "version": draft}
    try:
        found = preview(lifecycle, draft, request.member)
    except (criteria.CriteriaError, criteria.CostError, warehouse.BadQuery) as error:
        context["problem"] = str(error)
    else:
        context |= _told(request, found)
    if request.htmx:
        return render(request, "customers/stages/_movers.html", context)
    return render(request, "customers/stages/movers.html", head(request, lifecycle, "definition") | context)


def _told(request: GatedRequest, found: Preview) -> dict[str, Any]:
    before, after = request.GET.get("from"), request.GET.get("to")
    chosen = found.between(before, after)
    page = Paginator(chosen, PER_PAGE).get_page(request.GET.get("page"))
    subjects = seen.by_key(found.version.lifecycle, [pk for _flow, (pk, _number) in page])
    return {
        "preview": found,
        "flows": [
            (flow, found.name(flow.before, is_now=True), found.name(flow.after), len(flow.subjects))
            for flow in found.flows
        ],
        "chosen": (
            None if before is None else found.name(before, is_now=True),
            None if after is None else found.name(after),
        ),
        "is_narrowed": before is not None or after is not None,
        "shown": page,
        "rows": [
            {
                "name": seen.name(subjects[pk], mask_for(request)),
                "url": seen.url(subjects[pk], request.workspace.slug),
                "before": found.name(flow.before, is_now=True),
                "after": found.name(flow.after),
            }
            for flow, (pk, _number) in page
            if pk in subjects
        ],
    }
