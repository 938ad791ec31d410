"""The money page: recurring revenue, its movements, retention; the list behind any number; exports; rates."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from evergrow.customers.models import Account, ExchangeRate
from evergrow.health.money import actions, asked, chart, narrowing, parts, report, sheet
from evergrow.health.money import groups as splits
from evergrow.health.money.asked import Asked
from evergrow.health.money.ledger import KINDS, Span
from evergrow.health.money.parts import NAMES, Part
from evergrow.health.money.report import NoSuchPeriod, Report
from evergrow.health.money.telling import INTERVALS, formulas, sentences
from evergrow.insight.views import downloads
from evergrow.workspaces.access import GatedRequest, gate, may

ROWS = 50


@gate("view")
def money(request: GatedRequest) -> HttpResponse:
    """Recurring revenue of the accounts the reader may see, period by period."""
    found = _read(request)
    where = reverse("health:money_accounts", args=[request.workspace.slug])

    def address(part: Part, period: str) -> str:
        return f"{where}?{found.asked.list_query(part, period)}"

    currency = request.workspace.currency
    may_manage = may(request.member, "manage")
    context = {
        "found": found,
        "asked": found.asked,
        "now": {
            "mrr": found.year.end_cents / 100,
            "arr": found.year.end_cents * 12 / 100,
            "arpa": None if found.year.arpa_cents is None else found.year.arpa_cents / 100,
        },
        "table": [_table_row(found, line, where) for line in reversed(found.lines)],
        "groups": [_group_row(found, one, where) for one in found.groups],
        "formulas": formulas(),
        "said": sentences(found, currency),
        "waterfall": chart.waterfall(found.chosen.span, currency, address, found.chosen.period.key),
        "retention": chart.retention(found.lines, address),
        "intervals": [(words, found.asked.but(interval=each, period="")) for each, words in INTERVALS.items()],
        "interval_words": INTERVALS[found.asked.interval],
        "splits": [(each, name, found.asked.but(by=each, group="")) for each, name in splits.NAMES.items()],
        "no_split": found.asked.but(by=None, group=""),
        "no_group": found.asked.but(group=""),
        "rates": ExchangeRate.objects.filter(workspace=request.workspace).order_by("currency"),
        "sql": report.movements_sql(request.workspace, report.visible(request.member)) if may_manage else "",
        "may_manage": may_manage,
    }
    return render(request, "health/money.html", context)


def _table_row(found: Report, line: report.Line, where: str) -> dict[str, object]:
    key = line.period.key
    url = {part.value: f"{where}?{found.asked.list_query(part, key)}" for part in Part}
    sums = [(url[kind.value], line.span.sum_of(kind)) for kind in KINDS]
    return {"line": line, "span": line.span, "url": url, "sums": sums, "query": found.asked.but(period=key)}


def _group_row(found: Report, one: report.GroupLine, where: str) -> dict[str, object]:
    changes = {"group": one.group.key}
    url = {part.value: f"{where}?{found.asked.list_query(part, **changes)}" for part in Part}
    sums = [(url[kind.value], one.span.sum_of(kind)) for kind in KINDS]
    return {"label": one.group.label, "span": one.span, "url": url, "sums": sums, "query": found.asked.but(**changes)}


@gate("view")
def money_accounts(request: GatedRequest) -> HttpResponse:
    """The accounts behind a number of the money page."""
    found = _read(request)
    rows = parts.behind(found.ledger, _whole(found), _part(found), found.only)
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    named = Account.objects.in_bulk([row.account for row in page.object_list])
    period = found.chosen.period
    list_filter = narrowing.value(_part(found), period.start, period.end)
    context = {
        "found": found,
        "asked": found.asked,
        "name": NAMES[_part(found)],
        "part": _part(found).value,
        "sum": sum(row.amount for row in rows),
        "page": page,
        "rows": [(named[row.account], row) for row in page.object_list if row.account in named],
        "list_url": f"{reverse('customers:accounts', args=[request.workspace.slug])}?money={list_filter}",
        "tabs": [(each, NAMES[each], found.asked.list_query(each)) for each in Part],
    }
    return render(request, "health/money_accounts.html", context)


def _part(found: Report) -> Part:
    return found.asked.part


def _whole(found: Report) -> Span:
    """The chosen period over all accounts, so that places are those of the ledger."""
    return found.ledger.span(found.chosen.period.start, found.chosen.period.end)


@gate("view")
def money_export(request: GatedRequest, what: str, form: str) -> HttpResponseBase:
    """The periods, the groups or the accounts behind a number, as CSV or Excel."""
    found = _read(request)
    match what:
        case "periods":
            heads, rows = sheet.periods(found)
        case "groups":
            heads, rows = sheet.groups(found)
        case "accounts":
            behind = parts.behind(found.ledger, _whole(found), _part(found), found.only)
            named = Account.objects.filter(workspace=request.workspace).in_bulk()
            heads, rows = sheet.accounts([row for row in behind if row.account in named], named, _part(found))
        case _:
            raise Http404
    name = f"money-{what}-{found.chosen.period.key}"
    return downloads.table(form, name, heads, rows, zone=request.workspace.tz)


@gate("manage")
def rates(request: GatedRequest) -> HttpResponse:
    """POST states a rate; with ``forget`` it takes the rate of that currency away."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    code = request.POST.get("currency", "")
    if request.POST.get("forget"):
        rate = get_object_or_404(ExchangeRate, workspace=request.workspace, currency=code)
        actions.forget_rate(rate=rate, by=request.member)
        messages.success(request, _("The rate is gone; movements are restated within a minute."))
        return redirect("health:money", request.workspace.slug)
    try:
        actions.set_rate(
            workspace=request.workspace, currency=code, rate=request.POST.get("rate", ""), by=request.member
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The rate holds; movements are restated within a minute."))
    return redirect("health:money", request.workspace.slug)


def _read(request: GatedRequest) -> Report:
    try:
        return report.read(request.workspace, report.visible(request.member), _asked(request))
    except NoSuchPeriod:
        raise Http404 from None


def _asked(request: GatedRequest) -> Asked:
    return asked.read(request.GET.dict())
