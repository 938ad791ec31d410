"""Pages of the shell itself."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from evergrow.web import kit_samples
from evergrow.web import search as finding
from evergrow.workspaces.access import GatedRequest, gate


@gate("view")
@require_safe
def kit(request: GatedRequest) -> HttpResponse:
    """Every part of the interface on one page, for whoever builds the next one."""
    return render(request, "web/kit.html", kit_samples.everything())


@gate("view")
@require_safe
def search(request: GatedRequest) -> HttpResponse:
    """Accounts, people, pages and actions for ``q``: a page of its own, or the inside of the palette."""
    text = request.GET.get("q", "").strip()
    template = "web/search_results.html" if request.htmx else "web/search.html"
    return render(request, template, {"groups": finding.find(request.member, text), "q": text})
