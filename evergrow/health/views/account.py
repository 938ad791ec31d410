"""The Health card of an account alone, for its period switch and for links."""

from django.http import HttpResponse
from django.shortcuts import render

from evergrow.customers import access
from evergrow.health import panels
from evergrow.workspaces.access import GatedRequest, gate


@gate("view")
def account(request: GatedRequest, number: int) -> HttpResponse:
    """The card as a fragment for htmx, otherwise on a page of its own with every measure below."""
    one = access.account_or_404(request.member, number)
    context = panels.card(request, one)
    if request.htmx:
        return render(request, "health/_card.html", context)
    return render(request, "health/account.html", context | (panels.measures(request, one) or {}))
