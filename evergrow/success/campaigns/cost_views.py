"""What a campaign cost: the page with its entries, and what is done to one."""

from decimal import Decimal, InvalidOperation

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from evergrow.success.campaigns import access, costs
from evergrow.success.campaigns.models import Campaign
from evergrow.success.campaigns.views import frame
from evergrow.success.errors import Refused
from evergrow.success.views.answers import Unreadable, needed_day, saying
from evergrow.workspaces.access import GatedRequest, gate

PER_PAGE = 100


@gate("view")
@require_http_methods(["GET", "HEAD", "POST"])
def campaign_costs(request: GatedRequest, number: int) -> HttpResponse:
    """The entries, the newest first; whoever helps to run the campaign writes another one down."""
    found = access.campaign_or_404(request.member, number)
    problem: Refused | None = None
    if request.method == "POST":
        access.require_run(request.member, found)
        try:
            _enter(request, found)
            return redirect(access.page_of(found, "campaign_costs"))
        except Refused as refused:
            problem = refused
    rows = found.costs.select_related("by__user", "corrects", "counter")
    context = frame(request, found, "costs") | {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "problem": problem,
        "sent": request.POST if problem else {"day": request.workspace.today().isoformat()},
    }
    return render(request, "success/campaigns/costs.html", context, status=422 if problem else 200)


@gate("work")
@require_POST
def change_cost(request: GatedRequest, number: int, cost: int) -> HttpResponse:
    """Balance an entry with a counter entry, or remove it."""
    found = access.campaign_or_404(request.member, number)
    entry, way = access.cost_or_404(found, cost), request.POST.get("act", "")
    with saying(request):
        if way == "counter":
            costs.counter(cost=entry, by=request.member)
        elif way == "remove":
            costs.remove(cost=entry, by=request.member)
        else:
            raise Unreadable(sentence=_("Choose what to do with the entry."))
    return redirect(access.page_of(found, "campaign_costs"))


def _enter(request: GatedRequest, found: Campaign) -> None:
    text = request.POST.get("amount", "").strip().replace(",", "").lstrip("¥$€£")
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise Unreadable(sentence=_("“%(text)s” is not a number.") % {"text": text[:40]}) from None
    words = request.POST.get("what_for", "")
    costs.enter(campaign=found, day=needed_day(request, "day"), amount=amount, what_for=words, by=request.member)
