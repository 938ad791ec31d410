"""This room's own cards of a person's page."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy

from evergrow import warehouse
from evergrow.customers import access, registry
from evergrow.customers.models import Affiliation, Person, Ticket, TimelineEntry, VisitState
from evergrow.customers.profiles import personal, sessions, stream
from evergrow.customers.profiles.activity import activity, chart
from evergrow.customers.profiles.history import changes
from evergrow.customers.profiles.whose import whose
from evergrow.customers.queries import stories
from evergrow.customers.registry import PersonPanel
from evergrow.customers.visits.access import entries, visits
from evergrow.lib import clock
from evergrow.lib.few import few
from evergrow.workspaces.access import GatedRequest, may

Context = dict[str, Any] | None
FEW = 6


def places(request: GatedRequest, person: Person) -> "QuerySet[Affiliation]":
    """The person's places at accounts that the reader may see; present ones first."""
    seen = person.affiliations.filter(access.visible(request.member, "account__"))
    return seen.select_related("account").order_by("ended_on", "-is_key", "pk")


def reach_fact(request: GatedRequest, person: Person) -> Context:
    return {}


def touch_fact(request: GatedRequest, person: Person) -> Context:
    return {"touch": sessions.first_touch(whose(request.member, person))}


def activity_card(request: GatedRequest, person: Person) -> Context:
    of = whose(request.member, person)
    try:
        found = activity(of)
    except warehouse.StoreUnavailable:
        return {"unavailable": True}
    return {"activity": found, "options": chart(found, of, get_language() or "en")}


def events_card(request: GatedRequest, person: Person) -> Context:
    return stream.rows(request, whose(request.member, person), stream.FEW)


def events_tab(request: GatedRequest, person: Person) -> Context:
    return stream.tab(request, whose(request.member, person))


def sessions_tab(request: GatedRequest, person: Person) -> Context:
    try:
        days = sessions.MOST_DAYS if request.GET.get("days") else sessions.DAYS
        found = sessions.sessions(whose(request.member, person), days)
    except warehouse.StoreUnavailable:
        return {"unavailable": True}
    shown = Paginator(found.sessions, sessions.PER_PAGE).get_page(request.GET.get("page"))
    return {"shown": shown, "is_cut": found.is_cut, "days": days, "may_look_back": days < sessions.MOST_DAYS}


def timeline_entries(request: GatedRequest, person: Person) -> "QuerySet[TimelineEntry]":
    """What accounts' stories tell of the person."""
    seen = TimelineEntry.objects.filter(access.visible(request.member, "account__"), person=person)
    return entries(request.member, seen).select_related("account__workspace", "by__user").order_by("-at", "-pk")


def timeline_card(request: GatedRequest, person: Person) -> Context:
    return {"entries": stories.tell(timeline_entries(request, person)[:FEW])}


def timeline_tab(request: GatedRequest, person: Person) -> Context:
    shown = Paginator(timeline_entries(request, person), stories.PER_PAGE).get_page(request.GET.get("page"))
    return {"shown": shown, "entries": stories.tell(shown)}


def changes_tab(request: GatedRequest, person: Person) -> Context:
    shown = Paginator(changes(person), 50).get_page(request.GET.get("page"))
    return {"shown": shown}


def tickets(request: GatedRequest, person: Person) -> "QuerySet[Ticket]":
    seen = Ticket.objects.filter(access.visible(request.member, "account__"), person=person)
    return seen.filter(opened_at__lte=clock.now()).select_related("account").order_by("-opened_at")


def tickets_card(request: GatedRequest, person: Person) -> Context:
    shown, count = few(tickets(request, person), FEW)
    return {"tickets": shown, "count": count}


def visits_card(request: GatedRequest, person: Person) -> Context:
    seen = visits(request.member).filter(Q(person=person) | Q(guests__person=person), state=VisitState.LOGGED)
    found = seen.select_related("account").distinct().order_by("-happened_on", "-pk")
    shown, count = few(found, 3)
    return {"visits": shown, "count": count} if shown else None


def places_card(request: GatedRequest, person: Person) -> Context:
    return {"places": places(request, person)[:20], "may_work": may(request.member, "work")}


def identifiers_card(request: GatedRequest, person: Person) -> Context:
    return {
        "identifiers": personal.identifiers(request.member, person),
        "merged": person.merged_numbers,
    }


HOME = "customers/profiles/"
registry.add(
    PersonPanel("reach", f"{HOME}reach_fact.html", reach_fact, "facts", position=10),
    PersonPanel("seen", f"{HOME}seen_fact.html", reach_fact, "facts", position=30),
    PersonPanel("touch", f"{HOME}touch_fact.html", touch_fact, "facts", position=40),
    PersonPanel("activity", f"{HOME}activity.html", activity_card, "main", position=20, is_late=True),
    PersonPanel("events", f"{HOME}events_card.html", events_card, "main", position=30, is_late=True),
    PersonPanel("tickets", f"{HOME}tickets.html", tickets_card, "main", position=60, is_half=True),
    PersonPanel("timeline", f"{HOME}timeline.html", timeline_card, "main", position=70, is_half=True),
    PersonPanel("places", f"{HOME}places.html", places_card, "rail", position=20),
    PersonPanel("identifiers", f"{HOME}identifiers.html", identifiers_card, "rail", position=60),
    PersonPanel("privacy", "customers/privacy/card.html", reach_fact, "rail", position=70),
    PersonPanel("visits", f"{HOME}visits.html", visits_card, "rail", position=80),
    PersonPanel("events_tab", f"{HOME}events_tab.html", events_tab, "tab", gettext_lazy("Events"), position=20),
    PersonPanel("sessions_tab", f"{HOME}sessions_tab.html", sessions_tab, "tab", gettext_lazy("Sessions"), position=30),
    PersonPanel("timeline_tab", f"{HOME}timeline_tab.html", timeline_tab, "tab", gettext_lazy("Timeline"), position=80),
    PersonPanel(
        "changes_tab",
        f"{HOME}changes_tab.html",
        changes_tab,
        "tab",
        pgettext_lazy("profile", "Changes"),
        position=90,
    ),
)
