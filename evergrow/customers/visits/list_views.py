"""Activities and points across accounts, and what can be done with one point."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from evergrow.customers import access as customers
from evergrow.customers.downloads import download
from evergrow.customers.models import Importance, Point, PointKind
from evergrow.customers.views.records import account_of
from evergrow.customers.visits import access, points, registry
from evergrow.customers.visits.lists import PointList, VisitList
from evergrow.customers.visits.views import address, back, read_colleague, refusals
from evergrow.workspaces import audit
from evergrow.workspaces.access import GatedRequest, gate, may


@gate("view")
@require_GET
def visits(request: GatedRequest) -> HttpResponse:
    """What is planned, what took place, my drafts."""
    context = VisitList(request.member, request.GET.dict()).context()
    context |= {"may_work": may(request.member, "work"), "today": request.workspace.today()}
    return render(request, "customers/visits/visits.html", context)


@gate("view")
@require_GET
def point_list(request: GatedRequest) -> HttpResponse:
    """Needs, issues, praise and next steps of all accounts."""
    context = PointList(request.member, request.GET.dict()).context()
    context |= {"may_work": may(request.member, "work"), "point_acts": registry.acts()}
    return render(request, "customers/visits/points.html", context)


@gate("view")
@require_GET
def export(request: GatedRequest) -> HttpResponseBase:
    """The listed points as CSV or Excel."""
    heads, rows = PointList(request.member, request.GET.dict()).table()
    audit.record(request.workspace, "points.exported", request.workspace, by=request.member)
    name = _("Points %(day)s") % {"day": request.workspace.today()}
    return download(request.workspace, name, heads, rows, "xlsx" if request.GET.get("format") == "xlsx" else "csv")


@gate("work")
@require_POST
def write_out(request: GatedRequest, number: int, pk: int) -> HttpResponse:
    """Write points out of a record, one a line."""
    account = account_of(request, number)
    visit = access.visit_or_404(request.member, account, pk)
    with refusals(request):
        made = points.write_out_lines(
            account=account,
            by=request.member,
            visit=visit,
            kind=_one_of(request.POST.get("kind", ""), PointKind.values),
            lines=request.POST.get("words", ""),
            product=request.POST.get("product", ""),
            importance=_importance(request),
            owner=read_colleague(request, account),
        )
        messages.success(request, _("Written out: %(count)d") % {"count": len(made)})
    return back(request, f"{address(visit)}#points")


@gate("view")
def point(request: GatedRequest, pk: int) -> HttpResponse:
    """One point: change it, answer it, close it, take it up."""
    row = access.point_or_404(request.member, pk)
    row.account.workspace = row.workspace = request.workspace
    if request.method == "POST":
        with refusals(request):
            _act(request, row)
        gone = not Point.objects.filter(pk=pk).exists()
        here = reverse(
            "customers:points" if gone else "customers:point", args=[request.workspace.slug, *[pk] * (not gone)]
        )
        return back(request, here)
    context = {
        "point": row,
        "followed_url": registry.url_of(row),
        "point_acts": registry.acts(),
        "kinds": PointKind.choices,
        "levels": Importance.choices,
        "colleagues": customers.who_see(row.account).order_by("user__name", "pk"),
        "may_work": may(request.member, "work"),
    }
    return render(request, "customers/visits/point.html", context)


def _act(request: GatedRequest, row: Point) -> None:
    to = request.POST.get("move", "")
    if to == "remove":
        points.remove(point=row, by=request.member)
        messages.success(request, _("Taken back."))
    elif to == "edit":
        points.edit(
            point=row,
            by=request.member,
            kind=_one_of(request.POST.get("kind", ""), PointKind.values),
            words=request.POST.get("words", ""),
            product=request.POST.get("product", "").strip(),
            importance=_importance(request),
            owner=read_colleague(request, row.account),
        )
        messages.success(request, _("Saved."))
    elif to.startswith("follow:"):
        points.follow(point=row, by=request.member, key=to.removeprefix("follow:"))
        messages.success(request, _("Taken up: %(name)s") % {"name": row.followed.get("name", "")})
    else:
        points.move(point=row, by=request.member, to=to, answer=request.POST.get("answer", ""))
        messages.success(request, _("Saved."))


def _one_of(value: str, known: list[str]) -> str:
    return value if value in known else known[0]


def _importance(request: GatedRequest) -> int:
    value = request.POST.get("importance", "")
    return int(value) if value in ("0", "1", "2", "3") else Importance.LOW
