"""The account list."""

from urllib.parse import urlencode

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse

from evergrow.customers import registry
from evergrow.customers.list_page import ListPage
from evergrow.customers.models import TeamRole
from evergrow.customers.tiers import scheme as schemes
from evergrow.customers.views.page import page
from evergrow.workspaces.access import GatedRequest, gate, may
from evergrow.workspaces.models import Member, Workspace

LIST_IN_SESSION = "accounts_list"


def address(workspace: Workspace, query: str = "") -> str:
    """The list's address with a query."""
    url = reverse("customers:accounts", kwargs={"workspace": workspace.slug})
    return f"{url}?{query}" if query else url


@gate("view")
def accounts(request: GatedRequest) -> HttpResponse:
    """Accounts with filters, order, columns and page as the address says."""
    typed = from_form(request.GET)
    if typed is not None:
        return redirect(address(request.workspace, typed))
    shown = ListPage(request.member, request.GET.urlencode())
    remember(request, shown)
    context = {
        "page": shown,
        "acts": registry.bulk_acts(request.member),
        "totals": registry.totals(),
        "colleagues": colleagues(request.workspace),
        "tiers": schemes.of(request.workspace).choices,
        "tier_needs_approval": schemes.of(request.workspace).needs_approval,
        "roles": TeamRole.choices,
        "may_work": may(request.member, "work"),
        "may_manage": may(request.member, "manage"),
    }
    return page(request, "customers/accounts.html", "customers/_accounts.html", context)


def from_form(sent: QueryDict) -> str | None:
    """The canonical query of what a filter or column form sent; ``None`` where the address is canonical already.

    A form sends the ends of a range as ``mrr.min`` and ``mrr.max``, and the columns as ``column``, repeated.
    """
    if not any(key == "column" or key.endswith((".min", ".max")) for key in sent):
        return None
    pairs = [(key, value) for key, values in sent.lists() for value in values if key != "column" and "." not in key]
    for key in dict.fromkeys(key.rpartition(".")[0] for key in sent if key.endswith((".min", ".max"))):
        low, high = sent.get(f"{key}.min", "").strip(), sent.get(f"{key}.max", "").strip()
        if low or high:
            pairs.append((key, f"{low}..{high}"))
    chosen = [value for value in sent.getlist("column") if value]
    if chosen:
        pairs.append(("columns", ",".join(chosen)))
    return urlencode(pairs)


def remember(request: GatedRequest, shown: ListPage) -> None:
    """Keep the list's address, so that an account's page can lead to the next one of the list."""
    query = shown.state.on_page(1).query
    if request.session.get(LIST_IN_SESSION) != query:
        request.session[LIST_IN_SESSION] = query


def colleagues(workspace: Workspace) -> list[Member]:
    """Who can take over an account."""
    return list(Member.objects.filter(workspace=workspace, left_at=None).select_related("user").order_by("user__name"))
