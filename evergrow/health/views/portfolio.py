"""The portfolio's health, and the button that computes it anew."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from evergrow.health import actions, default_card, queries
from evergrow.health import card as cards
from evergrow.health import portfolio as portfolios
from evergrow.workspaces.access import GatedRequest, gate, may
from evergrow.workspaces.models import Job, JobState


@gate("view")
def portfolio(request: GatedRequest) -> HttpResponse:
    """How the paying customers stand, what moved since last week, and where data is missing."""
    accounts = queries.portfolio(request.member)
    found = portfolios.read(request.workspace, accounts)
    card = cards.read(found.version.definition if found.version else default_card.definition())
    list_url = reverse("customers:accounts", args=[request.workspace.slug])
    context = {
        "found": found,
        "card": card,
        "flows": {(flow.before or "insufficient", flow.after): flow.accounts for flow in found.movement.flows},
        "movers": queries.movers(request.workspace, accounts, 8),
        "insufficient": queries.gaps(request.workspace, accounts, 8),
        "histogram": portfolios.histogram_chart(found.histogram, card, list_url),
        "list_url": list_url,
        "job": _open_job(request),
        "may_manage": may(request.member, "manage"),
    }
    return render(request, "health/portfolio.html", context)


@gate("manage")
def computation(request: GatedRequest) -> HttpResponse:
    """POST queues a computation of today's scores, with ``history=1`` of half a year again."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    actions.request_compute(
        workspace=request.workspace, by=request.member, with_history=request.POST.get("history") == "1"
    )
    messages.success(request, gettext("Scores are being computed; this page shows them when they are ready."))
    return redirect("health:portfolio", request.workspace.slug)


def _open_job(request: GatedRequest) -> Job | None:
    states = [JobState.QUEUED, JobState.RUNNING]
    return Job.objects.filter(workspace=request.workspace, kind="health.compute", state__in=states).first()
