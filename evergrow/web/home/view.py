"""The page itself: asks each card for its facts and hands them to the template."""

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from evergrow.customers import access
from evergrow.success.queries import lists
from evergrow.web import navigation
from evergrow.web.home import figures, movement, renewals, scope, since
from evergrow.workspaces.access import GatedRequest, gate, may

SIGNALS_SHOWN, TASKS_SHOWN = 6, 8


@gate("view")
@require_safe
def home(request: GatedRequest) -> HttpResponse:
    """The portfolio at a glance; ``?scope=mine|all`` says whose, ``?by=mrr`` measures the flow in revenue."""
    whose = scope.of(request.member, request.GET.get("scope", ""))
    if not whose.all and not access.accounts(request.member).exists():
        return render(request, "web/home/nobody.html", {"may_import": may(request.member, "manage")})
    return render(request, "web/home/home.html", facts(request, whose))


def facts(request: GatedRequest, whose: scope.Scope) -> dict[str, Any]:
    """Everything the page shows, by the name under which the template finds it."""
    renewing, retention = figures.renewals(whose), figures.kept(whose.of_everyone())
    return {
        "scope": whose,
        "by_mrr": request.GET.get("by") == "mrr",
        "mrr": figures.recurring_revenue(whose),
        "kept": retention,
        "risk": figures.at_risk(whose),
        "ahead": figures.ahead(renewing),
        "due": figures.due(whose),
        "week": movement.week(whose),
        "renewals": renewals.chart(whose, renewing),
        "renewals_first": renewals.first(renewing),
        "signals": _signals(whose),
        "tasks": list(lists.open_tasks(request.member)[:TASKS_SHOWN]),
        "since": since.last_visit(whose),
        "today": whose.workspace.today(),
        "next_week": whose.workspace.today() + timedelta(days=7),
        "may_work": may(request.member, "work"),
        "links": _links(whose, retention.now.start),
    }


def _signals(whose: scope.Scope) -> dict[str, Any]:
    found = lists.signals_to_triage(whose.member)
    if whose.is_mine:
        found = found.filter(account__in=whose.accounts().values("pk"))
    return {"count": found.count(), "rows": list(found[:SIGNALS_SHOWN])}


def _links(whose: scope.Scope, cohort_day: date) -> dict[str, str]:
    """The lists behind the numbers."""
    slug = whose.workspace.slug
    return {
        "paying": whose.list_url(sort="-mrr"),
        "cohort": whose.of_everyone().list_url(status=[], paid_on=cohort_day.isoformat(), sort="-mrr"),
        "risk": whose.list_url(health="risk", sort="-mrr"),
        "renewals": whose.list_url(renewal=f"0..{figures.RENEWAL_DAYS}", sort="renews_on"),
        "moved": whose.list_url(moved=["fell", "rose"]),
        "fell": whose.list_url(moved="fell"),
        "rose": whose.list_url(moved="rose"),
        "tasks": navigation.address("success:tasks", slug),
        "signals": navigation.address("success:signals", slug),
    }
