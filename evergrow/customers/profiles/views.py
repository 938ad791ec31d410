"""A person's page, put together from every room's panels, and the live tails of people and accounts."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from evergrow import warehouse
from evergrow.customers import registry
from evergrow.customers.access import person_or_404
from evergrow.customers.models import Account, Person
from evergrow.customers.profiles import sessions, stream
from evergrow.customers.profiles.personal import facts
from evergrow.customers.profiles.whose import whose
from evergrow.customers.registry import PersonPanel, Words
from evergrow.customers.views.records import account_of
from evergrow.workspaces.access import GatedRequest, gate, may


@dataclass(frozen=True, slots=True)
class Filled:
    """A panel with what its template shows."""

    panel: PersonPanel
    context: dict[str, Any]


@dataclass(frozen=True, slots=True)
class TabLink:
    label: Words
    url: str
    count: int | None
    is_current: bool


def tab_key(panel: PersonPanel) -> str:
    """How a tab stands in the address."""
    return panel.key.removesuffix("_tab")


def person_address(person: Person, tab: str = "") -> str:
    """The person's page, or one of its tabs."""
    kwargs: dict[str, Any] = {"workspace": person.workspace.slug, "number": person.number}
    if tab:
        return reverse("customers:person_tab", kwargs={**kwargs, "tab": tab})
    return reverse("customers:person", kwargs=kwargs)


def person_of(request: GatedRequest, number: int) -> Person:
    """The person of the address, through its gate, knowing its workspace."""
    person = person_or_404(request.member, number)
    person.workspace = request.workspace
    return person


@gate("view")
def overview(request: GatedRequest, number: int) -> HttpResponse:
    """The page's first tab."""
    person = person_of(request, number)
    context = _frame(request, person, "")
    context |= {zone: _fill(request, person, zone) for zone in ("rail", "main")}  # the rail asks the event store: first
    return render(request, "customers/profiles/person.html", context)


@gate("view")
@require_safe
def card(request: GatedRequest, number: int, key: str) -> HttpResponse:
    """A card that comes late."""
    person = person_of(request, number)
    panel = next((panel for panel in registry.person_panels("main") if panel.key == key and panel.is_late), None)
    filled = None if panel is None else panel.context(request, person)
    if panel is None or filled is None:
        raise Http404
    return render(request, "customers/profiles/card.html", {"person": person, "part": Filled(panel, filled)})


@gate("view")
def tab(request: GatedRequest, number: int, tab: str) -> HttpResponse:
    """Another tab; its panel fills the page."""
    person = person_of(request, number)
    panel = next((panel for panel in registry.person_panels("tab") if tab_key(panel) == tab), None)
    filled = None if panel is None else panel.context(request, person)
    if panel is None or filled is None:
        raise Http404
    context = _frame(request, person, tab) | {"tab": Filled(panel, filled)}
    return render(request, "customers/profiles/person_tab.html", context)


@gate("view")
@require_safe
def person_stream(request: GatedRequest, number: int) -> HttpResponse:
    """The rows of a person's tail; ``seen`` marks those that came since, ``place`` asks for older ones."""
    return _stream(request, person_of(request, number))


@gate("view")
@require_safe
def account_stream(request: GatedRequest, number: int) -> HttpResponse:
    """The rows of an account's tail."""
    return _stream(request, account_of(request, number))


@gate("view")
@require_safe
def session(request: GatedRequest, number: int, key: str) -> HttpResponse:
    """One session with its events."""
    person = person_of(request, number)
    try:
        found = sessions.by_key(whose(request.member, person), key)
    except warehouse.StoreUnavailable:
        return render(request, "customers/profiles/session.html", {"unavailable": True})
    if found is None:
        raise Http404
    context: dict[str, Any] = {"session": found, "person": person}
    if not request.htmx:
        context |= _frame(request, person, "sessions")
        return render(request, "customers/profiles/session_page.html", context)
    return render(request, "customers/profiles/session.html", context)


def _stream(request: GatedRequest, subject: Person | Account) -> HttpResponse:
    context = stream.rows(request, whose(request.member, subject))
    return render(request, "customers/profiles/_stream.html", context)


def _frame(request: GatedRequest, person: Person, current: str) -> dict[str, Any]:
    """What every tab shows: header, facts, tabs."""
    return {
        "person": person,
        "who": facts(request.member, person),
        "merged": person.merged_numbers,
        "facts": _fill(request, person, "facts"),
        "tabs": _tabs(request, person, current),
        "tab_key": current,
        "acts": [(act, act.url(person)) for act in registry.person_acts(request.member)],
        "may_work": may(request.member, "work"),
    }


def _fill(request: GatedRequest, person: Person, zone: str) -> list[Filled]:
    panels = registry.person_panels(zone)
    found = [(panel, {} if panel.is_late else panel.context(request, person)) for panel in panels]
    return [Filled(panel, context) for panel, context in found if context is not None]


def _tabs(request: GatedRequest, person: Person, current: str) -> list[TabLink]:
    return [
        TabLink(
            panel.label,
            person_address(person, tab_key(panel)),
            panel.count(request, person) if panel.count else None,
            tab_key(panel) == current,
        )
        for panel in registry.person_panels("tab")
    ]
