"""Pages about the whole portfolio besides its first one: moves, losses, sizes, groups, gaps."""

from datetime import date, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from evergrow.customers import access
from evergrow.customers.models import Account
from evergrow.health import queries
from evergrow.health.standing import groups, losing, missing, moving, sizes
from evergrow.lib import moments
from evergrow.workspaces.access import GatedRequest, gate, may

PERIODS = (7, 30, 90)
TOP = 100
PAGE = 100


def _base(request: GatedRequest, tab: str) -> dict[str, Any]:
    return {
        "tab": tab,
        "list_url": reverse("customers:accounts", args=[request.workspace.slug]),
        "today": request.workspace.today(),
        "may_manage": may(request.member, "manage"),
    }


@gate("view")
@require_GET
def movement(request: GatedRequest) -> HttpResponse:
    """Bands on two days side by side; each cell opens its accounts."""
    since, until = _days(request)
    found = moving.moves(request.workspace, access.accounts(request.member), since, until)
    today = request.workspace.today()
    periods = [(days, (today - timedelta(days=days)).isoformat()) for days in PERIODS]
    context = _base(request, "movement") | {
        "found": found,
        "after": moving.AFTER,
        "fell": found.count("fell"),
        "rose": found.count("rose"),
        "stayed": found.count("same"),
        "then": moments.day_text(since, today, get_language() or "en"),
        "now": moments.day_text(until, today, get_language() or "en"),
        "periods": periods,
        "address": f"since={since.isoformat()}&until={until.isoformat()}",
    }
    return render(request, "health/standing_movement.html", context)


@gate("view")
@require_GET
def movement_accounts(request: GatedRequest) -> HttpResponse:
    """The accounts of a cell of the matrix, largest revenue first."""
    since, until = _days(request)
    before, after = request.GET.get("before", ""), request.GET.get("after", "")
    if before not in (*moving.BEFORE, "") or after not in (*moving.AFTER, ""):
        raise Http404
    found = moving.moves(request.workspace, access.accounts(request.member), since, until)
    rows = [m for m in found.accounts if (not before or m.before == before) and (not after or m.after == after)]
    rows.sort(key=lambda one: -one.mrr)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    accounts = _by_number(request, [one.number for one in page])
    context = _base(request, "movement") | {
        "found": found,
        "before": before,
        "after": after,
        "page": page,
        "rows": [(one, accounts[one.number]) for one in page if one.number in accounts],
        "address": f"since={since.isoformat()}&until={until.isoformat()}",
    }
    return render(request, "health/standing_moved.html", context)


@gate("view")
@require_GET
def losses(request: GatedRequest) -> HttpResponse:
    """Accounts by expected loss, with their reasons; where there are no probabilities yet, how to get them."""
    found = losing.losses(request.workspace, queries.portfolio(request.member))
    context = _base(request, "losses") | {
        "found": found,
        "page": Paginator(found.rows, PAGE).get_page(request.GET.get("page")),
        "source": losing.source_words(found.chances, get_language() or "en") if found.chances else "",
        "top_ten": found.share_of(10),
    }
    return render(request, "health/standing_losses.html", context)


@gate("view")
@require_GET
def revenue(request: GatedRequest) -> HttpResponse:
    """The grid of bands and sizes."""
    found = sizes.grid(queries.portfolio(request.member))
    return render(request, "health/standing_revenue.html", _base(request, "revenue") | {"found": found})


@gate("view")
@require_GET
def by_group(request: GatedRequest) -> HttpResponse:
    """By success manager, tier or segment."""
    kind = request.GET.get("by", "csm")
    if kind not in groups.KINDS:
        raise Http404
    accounts = queries.portfolio(request.member)
    losses = losing.losses(request.workspace, accounts)
    expected = {row.account.number: row.expected for row in losses.rows}
    error, found = "", []
    try:
        found = groups.groups(request.member, accounts, kind, expected)
    except ValueError as refused:
        error = str(refused)
    context = _base(request, "groups") | {
        "kind": kind,
        "groups": found,
        "error": error,
        "has_chances": losses.chances is not None,
    }
    return render(request, "health/standing_groups.html", context)


@gate("view")
@require_GET
def gaps(request: GatedRequest) -> HttpResponse:
    """Which measures are missing for how many, and why; with ``measure`` the accounts that lack it."""
    accounts = queries.portfolio(request.member)
    found = missing.today(request.workspace, accounts)
    context = _base(request, "gaps") | {"gaps": missing.gaps(found) if found else [], "measure": None}
    key = request.GET.get("measure")
    if key and found:
        try:
            reasons = missing.without(found, key)
        except ValueError:
            raise Http404 from None
        lacking = accounts.filter(number__in=list(reasons)) if len(reasons) < 500 else accounts
        rows = [one for one in lacking.order_by("-mrr", "number") if one.number in reasons]
        page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
        context |= {
            "measure": found.card.measures[found.card.place(key)],
            "page": page,
            "rows": [(one, reasons[one.number]) for one in page],
        }
    return render(request, "health/standing_gaps.html", context)


def _by_number(request: GatedRequest, numbers: list[int]) -> dict[int, Account]:
    return {account.number: account for account in access.accounts(request.member).filter(number__in=numbers)}


def _days(request: GatedRequest) -> tuple[date, date]:
    """The two days of the address; a week up to today where they are not given, in order, and not in the future."""
    today = request.workspace.today()
    until = min(_day(request.GET.get("until", ""), today), today)
    since = min(_day(request.GET.get("since", ""), until - timedelta(days=7)), until)
    return since, until


def _day(text: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return otherwise
