"""The pages of the team's work: each tells one kind of figures, and opens the lists behind them."""

from typing import Any

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from evergrow.customers.downloads import download
from evergrow.success import access
from evergrow.success.manager import asking, charts
from evergrow.success.manager.asking import Ask
from evergrow.success.manager.cycle import cycle
from evergrow.success.manager.fairness import fairness
from evergrow.success.manager.goals import goals
from evergrow.success.manager.lists import AGES
from evergrow.success.manager.outcomes import MONEY_DAYS, SCORE_DAYS, outcomes
from evergrow.success.manager.overdue import overdue
from evergrow.success.manager.sheets import SHEETS
from evergrow.success.manager.stopping import courses
from evergrow.success.manager.throughput import throughput
from evergrow.success.models import Playbook
from evergrow.workspaces.access import GatedRequest, gate, may

BY = ("member", "team", "playbook")


@gate("view")
@require_safe
def work(request: GatedRequest) -> HttpResponse:
    """What came and went week by week, and what is overdue now."""
    ask = _ask(request)
    found = throughput(ask)
    by = request.GET.get("by", "")
    by = by if by in BY else "member"
    rows = {"member": found.members, "team": found.teams, "playbook": found.playbooks}[by]
    context = {
        **common(request, ask, "work"),
        "found": found,
        "chart": charts.by_week(ask, found),
        "by": by,
        "rows": rows,
        "overdue": overdue(ask),
        "ages": list(enumerate(AGES)),
    }
    return render(request, "success/manager/work.html", context)


@gate("view")
@require_safe
def times(request: GatedRequest) -> HttpResponse:
    """How long runs and steps take, with those that are not done."""
    ask = _ask(request)
    return render(request, "success/manager/times.html", {**common(request, ask, "times"), "books": cycle(ask)})


@gate("view")
@require_safe
def stops(request: GatedRequest) -> HttpResponse:
    """How far runs come and where they stop."""
    ask = _ask(request)
    return render(request, "success/manager/stops.html", {**common(request, ask, "stops"), "courses": courses(ask)})


@gate("view")
@require_safe
def results(request: GatedRequest) -> HttpResponse:
    """What became of the customers of completed runs."""
    ask = _ask(request)
    books = outcomes(ask)
    context = {
        **common(request, ask, "outcomes"),
        "books": books,
        "plans": goals(request.member, [book.playbook for book, _versions in books]),
        "score_days": SCORE_DAYS,
        "money_days": MONEY_DAYS,
    }
    return render(request, "success/manager/outcomes.html", context)


@gate("view")
@require_safe
def balance(request: GatedRequest) -> HttpResponse:
    """How evenly the open work lies."""
    ask = _ask(request)
    return render(request, "success/manager/balance.html", {**common(request, ask, "load"), "found": fairness(ask)})


@gate("view")
@require_safe
def file(request: GatedRequest) -> HttpResponseBase:
    """A table as CSV or Excel: ``part`` says which."""
    ask, part = _ask(request), request.GET.get("part", "")
    if part not in SHEETS:
        raise Http404
    heads, rows = SHEETS[part](ask)
    form = "xlsx" if request.GET.get("format") == "xlsx" else "csv"
    return download(request.workspace, f"{part}-{request.workspace.today()}", heads, rows, form)  # type: ignore[arg-type]


def _ask(request: GatedRequest) -> Ask:
    asking.check_sees_team(request.member)
    return asking.read(request.member, request.GET)


def common(request: GatedRequest, ask: Ask, tab: str) -> dict[str, Any]:
    """What every page of the team's work shows: the filters and the tabs."""
    members = list(access.colleagues(request.member))
    return {
        "ask": ask,
        "tab": tab,
        "periods": asking.PERIODS,
        "teams": sorted({member.team for member in members if member.team}),
        "members": members,
        "playbooks": Playbook.objects.filter(workspace=request.workspace).order_by("retired_at", "pk"),
        "query": ask.query(),
        "today": request.workspace.today(),
        "can_manage": may(request.member, "manage"),
    }
