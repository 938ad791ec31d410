"""The account page: who, what matters now, and tabs behind it, put together from every room's panels."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from evergrow.customers import registry
from evergrow.customers.list_page import ListPage
from evergrow.customers.models import Account
from evergrow.customers.panels import news
from evergrow.customers.registry import Panel, Words
from evergrow.customers.views.accounts import LIST_IN_SESSION, address
from evergrow.customers.views.records import account_address, account_of
from evergrow.workspaces.access import GatedRequest, gate, may


@dataclass(frozen=True, slots=True)
class Filled:
    """A panel with what its template shows."""

    panel: Panel
    context: dict[str, Any]


@dataclass(frozen=True, slots=True)
class TabLink:
    label: Words
    url: str
    count: int | None
    is_current: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where the account stands in the list the member came from."""

    label: Words
    url: str
    position: int
    total: int
    before: str
    after: str


def tab_key(panel: Panel) -> str:
    """How a tab stands in the address."""
    return panel.key.removesuffix("_tab")


@gate("view")
def overview(request: GatedRequest, number: int) -> HttpResponse:
    """The page's first tab; the number of an account that was merged leads to the one it belongs to."""
    account = account_of(request, number)
    if account.number != number:
        return redirect(account_address(account))
    context = _frame(request, account, "")
    context |= {"main": _fill(request, account, "main"), "rail": _fill(request, account, "rail")}
    return render(request, "customers/account.html", context)


@gate("view")
def tab(request: GatedRequest, number: int, tab: str) -> HttpResponse:
    """Another tab; its panel fills the page."""
    account = account_of(request, number)
    if account.number != number:
        return redirect(account_address(account, tab))
    panel = next((panel for panel in registry.panels("tab") if tab_key(panel) == tab), None)
    filled = None if panel is None else panel.context(request, account)
    if panel is None or filled is None:
        raise Http404
    context = _frame(request, account, tab) | {"tab": Filled(panel, filled)}
    return render(request, "customers/account_tab.html", context)


def _frame(request: GatedRequest, account: Account, current: str) -> dict[str, Any]:
    """What every tab shows: header, facts, tabs, place in the list."""
    return {
        "account": account,
        "facts": _fill(request, account, "facts"),
        "tabs": _tabs(account, current),
        "place": place_in_list(request, account),
        "news": news(request, account) if not current else None,
        "acts": [(act, act.url(account)) for act in registry.acts(request.member)],
        "may_work": may(request.member, "work"),
        "may_manage": may(request.member, "manage"),
    }


def _fill(request: GatedRequest, account: Account, zone: str) -> list[Filled]:
    found = [(panel, panel.context(request, account)) for panel in registry.panels(zone)]
    return [Filled(panel, context) for panel, context in found if context is not None]


def _tabs(account: Account, current: str) -> list[TabLink]:
    """Links to the tabs; whether one has nothing to show is found out when it is opened."""
    return [
        TabLink(
            panel.label,
            account_address(account, tab_key(panel)),
            panel.count(account) if panel.count else None,
            tab_key(panel) == current,
        )
        for panel in registry.panels("tab")
    ]


def place_in_list(request: GatedRequest, account: Account) -> Place | None:
    """The neighbours in the list that the member last looked at; none when the account is not in it."""
    query = request.session.get(LIST_IN_SESSION)
    if query is None:
        return None
    listed = ListPage(request.member, query)
    numbers = list(listed.list.ordered.values_list("number", flat=True))
    if account.number not in numbers:
        return None
    at = numbers.index(account.number)

    def address_of(position: int) -> str:
        if not 0 <= position < len(numbers):
            return ""
        kwargs = {"workspace": request.workspace.slug, "number": numbers[position]}
        return reverse("customers:account", kwargs=kwargs)

    label = listed.view.label if listed.view else ""
    url = address(request.workspace, query)
    return Place(label, url, at + 1, len(numbers), address_of(at - 1), address_of(at + 1))
