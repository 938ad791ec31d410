"""The page of the full-text search."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from evergrow.customers.search import finding
from evergrow.workspaces.access import GatedRequest, gate


@gate("view")
@require_GET
def search(request: GatedRequest) -> HttpResponse:
    """What was written about customers, by its words."""
    asked = {name: str(value) for name, value in request.GET.items()}
    return render(request, "customers/search/search.html", finding.page(request.member, asked))
