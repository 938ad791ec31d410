"""Back-tests of the scorecard: the list with the form, one result, the rows behind a number, the file."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from evergrow.customers import access, downloads
from evergrow.customers.models import Account
from evergrow.health import actions as health
from evergrow.health.backtest import actions, chart, known, queries, sheet, verdict, words
from evergrow.health.backtest.forms import PlanForm
from evergrow.health.backtest.models import BackTest
from evergrow.health.models import VersionState
from evergrow.lib import sheets
from evergrow.workspaces.access import GatedRequest, gate
from evergrow.workspaces.models import JobState

SHOWN = 200
HAPPENED = {"yes": 1, "no": 0}


@gate("manage")
@require_http_methods(["GET", "POST"])
def backtests(request: GatedRequest) -> HttpResponse:
    """Every back-test, newest first, and the form for another one; POST starts it."""
    form = PlanForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            made = actions.request_backtest(workspace=request.workspace, plan=form.plan(), by=request.member)
        except actions.CannotTest as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("health:backtest", request.workspace.slug, made.number)
    published = health.ensure_scorecard(workspace=request.workspace)
    draft = published.scorecard.versions.filter(state=VersionState.DRAFT).first()
    context = {
        "form": form,
        "tested": draft or published,
        "is_draft": draft is not None,
        "published": published,
        "left_out": known.left_out((draft or published).definition),
        "found": [_line(one) for one in queries.visible(request.member).order_by("-number")[:50]],
    }
    return render(request, "health/backtests.html", context, status=422 if form.errors else 200)


def _line(one: BackTest) -> dict[str, Any]:
    area = one.result["scorers"]["tested"]["area"] if one.is_done else None
    return {"backtest": one, "area": area, "happening": words.happening(one.outcome), "is_open": is_open(one)}


@gate("manage")
@require_GET
def backtest(request: GatedRequest, number: int) -> HttpResponse:
    """A result, or how far the run is (alone, for htmx, while it goes on)."""
    found = _found(request, number)
    context: dict[str, Any] = {"backtest": found, "is_open": is_open(found), "left": _left(found)}
    if found.is_done:
        context |= _result(found)
    if request.htmx and not found.is_done:
        return render(request, "health/_backtest_run.html", context)
    answer = render(request, "health/backtest.html", context)
    if request.htmx:
        answer["HX-Refresh"] = "true"
    return answer


def _result(found: BackTest) -> dict[str, Any]:
    result = found.result
    scorers = [
        {
            "key": name,
            "name": words.scorer(name, found),
            **part,
            "gap": result["differences"].get(name),
            "versus": words.versus(found, name) if name in result["differences"] else "",
        }
        for name, part in result["scorers"].items()
    ]
    return {
        "result": result,
        "answer": words.answer(found),
        "team": words.team(found),
        "calibration": words.calibration(found),
        "happening": words.happening(found.outcome),
        "scorers": scorers,
        "sides": [
            {"key": side, "name": words.scorer(side, found), "bands": list(bands.items())}
            for side, bands in result["bands"].items()
        ],
        "roc": chart.roc(found),
        "lift": chart.lift(found) if result["is_enough"] else None,
        "by_day": chart.by_day(found),
        "left_out": known.left_out(found.definition),
        "cautions": known.cautions(found.definition),
        "least": verdict.LEAST,
        "top": max((part["high"] or 0 for bands in result["bands"].values() for part in bands.values()), default=0)
        or 1,
    }


def is_open(found: BackTest) -> bool:
    return found.job is not None and found.job.state in (JobState.QUEUED, JobState.RUNNING)


def _left(found: BackTest) -> float | None:
    """Seconds that are left by the pace so far; None before the first day is done."""
    from evergrow.lib import clock

    job = found.job
    if job is None or job.started_at is None or not job.done_units or not job.total_units:
        return None
    spent = (clock.now() - job.started_at).total_seconds()
    return spent / job.done_units * (job.total_units - job.done_units)


@gate("manage")
@require_POST
def stop(request: GatedRequest, number: int) -> HttpResponse:
    """Stop one that waits or runs."""
    if actions.stop_backtest(backtest=_found(request, number), by=request.member):
        messages.success(request, gettext("The back-test was stopped."))
    return redirect("health:backtest", request.workspace.slug, number)


@gate("manage")
@require_GET
def rows(request: GatedRequest, number: int) -> HttpResponse:
    """The accounts and days behind a number of the result."""
    found = _found(request, number)
    which = _which(request)
    shown = queries.rows(found, request.member, which, limit=SHOWN)
    accounts = _accounts(request, shown)
    context = {
        "backtest": found,
        "which": which,
        "side": words.scorer(which.side, found),
        "band": which.band,
        "happening": words.happening(found.outcome),
        "count": queries.count(found, request.member, which),
        "shown": SHOWN,
        "rows": [(row, accounts[row.account]) for row in shown if row.account in accounts],
        "query": request.GET.urlencode(),
    }
    return render(request, "health/backtest_rows.html", context)


@gate("manage")
@require_GET
def file(request: GatedRequest, number: int, kind: str) -> HttpResponseBase:
    """The rows as CSV or an Excel sheet, narrowed as the list."""
    found = _found(request, number)
    every = queries.rows(found, request.member, _which(request))
    lines = sheet.lines(found, every, _accounts(request, every))
    name = pgettext("file name", "Back-test %(number)s") % {"number": found.number}
    try:
        return downloads.download(
            request.workspace, name, sheet.heads(found), lines, "xlsx" if kind == "xlsx" else "csv"
        )
    except sheets.TooManyRows:
        messages.warning(request, gettext("Too many rows for an Excel sheet. Take the CSV file."))
        return redirect("health:backtest", request.workspace.slug, number)


def _accounts(request: GatedRequest, found: list[queries.Row]) -> dict[int, Account]:
    numbers = {row.account for row in found}
    if len(numbers) > 500:
        return {account.number: account for account in access.accounts(request.member)}
    return {account.number: account for account in access.accounts(request.member).filter(number__in=numbers)}


def _which(request: GatedRequest) -> queries.Which:
    """The part of the rows that the address names. Raises Http404 for what is no part."""
    asked = request.GET
    side, band = asked.get("side", "tested"), asked.get("band", "")
    if side not in queries.SIDES or (band and band not in verdict.BANDS):
        raise Http404
    return queries.Which(side, band, HAPPENED.get(asked.get("happened", "")), asked.get("taken") == "1")


def _found(request: GatedRequest, number: int) -> BackTest:
    return get_object_or_404(queries.visible(request.member), number=number)
