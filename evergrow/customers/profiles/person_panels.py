"""This room's own cards of a person's page."""

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy

from evergrow import warehouse
from evergrow.customers import access, registry
from evergrow.customers.models import Affiliation, Person, Ticket, TimelineEntry, Visit, VisitState
from evergrow.customers.profiles import personal, sessions, stream
from evergrow.customers.profiles.activity import activity, chart
from evergrow.customers.profiles.history import changes
from evergrow.customers.profiles.whose import whose
from evergrow.customers.queries import stories
from evergrow.customers.registry import PersonPanel
from evergrow.customers.visits.access import entries, visits
from evergrow.lib import clock
from evergrow.lib.few import whole
from evergrow.workspaces import prepared
from evergrow.workspaces.access import GatedRequest, may
from evergrow.workspaces.models import Member

Context = dict[str, Any] | None
FEW, FEW_VISITS, FEW_PLACES = 6, 3, 20


@prepared.rows
def _first_places(member: Member, person: Person) -> QuerySet[Affiliation]:
    seen = Affiliation.objects.filter(access.visible(member, "account__"), person=person)
    return seen.select_related("account").order_by("ended_on", "-is_key", "pk")[:FEW_PLACES]


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


def timeline_entries(request: GatedRequest, person: Person) -> QuerySet[TimelineEntry]:
    """What accounts' stories tell of the person."""
    return _entries(request.member, person)


def _entries(member: Member, person: Person) -> QuerySet[TimelineEntry]:
    seen = TimelineEntry.objects.filter(access.visible(member, "account__"), person=person)
    return entries(member, seen).select_related("account__workspace", "by__user").order_by("-at", "-pk")


def timeline_card(request: GatedRequest, person: Person) -> Context:
    return {"entries": stories.tell(_latest_entries(request.member, person))}


@prepared.rows
def _latest_entries(member: Member, person: Person) -> QuerySet[TimelineEntry]:
    return _entries(member, person)[:FEW]


def timeline_tab(request: GatedRequest, person: Person) -> Context:
    shown = Paginator(timeline_entries(request, person), stories.PER_PAGE).get_page(request.GET.get("page"))
    return {"shown": shown, "entries": stories.tell(shown)}


def changes_tab(request: GatedRequest, person: Person) -> Context:
    shown = Paginator(changes(person), 50).get_page(request.GET.get("page"))
    return {"shown": shown}


def tickets(member: Member, person: Person, now: datetime) -> QuerySet[Ticket]:
    """What the person raised until ``now``, as far as the member may see it."""
    seen = Ticket.objects.filter(access.visible(member, "account__"), person=person)
    return seen.filter(opened_at__lte=now).select_related("account").order_by("-opened_at")


@prepared.rows
def _latest_tickets(member: Member, person: Person, now: datetime) -> QuerySet[Ticket]:
    return tickets(member, person, now)[:FEW]


def tickets_card(request: GatedRequest, person: Person) -> Context:
    of = request.member, person, clock.now()
    shown = _latest_tickets(*of)
    return {"tickets": shown, "count": whole(shown, FEW, lambda: tickets(*of).count())}


def _visits(member: Member, person: Person) -> QuerySet[Visit]:
    seen = visits(member).filter(Q(person=person) | Q(guests__person=person), state=VisitState.LOGGED)
    return seen.select_related("account").distinct().order_by("-happened_on", "-pk")


@prepared.rows
def _latest_visits(member: Member, person: Person) -> QuerySet[Visit]:
    return _visits(member, person)[:FEW_VISITS]


def visits_card(request: GatedRequest, person: Person) -> Context:
    shown = _latest_visits(request.member, person)
    count = whole(shown, FEW_VISITS, lambda: _visits(request.member, person).count())
    return {"visits": shown, "count": count} if shown else None


def places_card(request: GatedRequest, person: Person) -> Context:
    return {"places": _first_places(request.member, person), "may_work": may(request.member, "work")}


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
