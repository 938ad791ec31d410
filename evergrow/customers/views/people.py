"""People: the list, a person's page, and their places at accounts."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from evergrow import warehouse
from evergrow.customers import access
from evergrow.customers.access import person_or_404
from evergrow.customers.actions.people import add_person, affiliate, edit_person
from evergrow.customers.downloads import download
from evergrow.customers.forms import NewPersonForm, PersonForm, PlaceForm
from evergrow.customers.models import Account, Affiliation, Person
from evergrow.customers.queries.people_list import SHAPE, PeopleList
from evergrow.customers.segments import chosen as segments_chosen
from evergrow.customers.segments.card import card
from evergrow.customers.views.forms import form_page
from evergrow.customers.views.page import page
from evergrow.customers.views.records import account_address, account_of
from evergrow.lib import clock
from evergrow.lib.listing import parse
from evergrow.workspaces import audit
from evergrow.workspaces.access import GatedRequest, gate, may

EVENTS_SHOWN, EVENTS_SINCE = 100, timedelta(days=400)


@gate("view")
def people(request: GatedRequest) -> HttpResponse:
    """Everyone at the accounts that the member may see."""
    listed = PeopleList(request.member, parse(request.GET.urlencode(), SHAPE))
    kinds = {"": _("Everyone"), "known": _("Known"), "key": _("Key people"), "anonymous": _("Anonymous")}
    chosen = (*listed.state.filters.get("kind", ()), "")[0]
    tabs = [(label, listed.state.having("kind", [kind]).query, kind == chosen) for kind, label in kinds.items()]
    heads = [
        (label, listed.state.sorted_by(key, first_descending=key == "last_seen").query, _order(listed, key), key)
        for key, label in (("name", pgettext("person", "Name")), ("title", _("Job title")), ("email", _("Email")))
    ]
    seen = listed.state.sorted_by("last_seen", first_descending=True).query
    context = {
        "list": listed,
        "tabs": tabs,
        "heads": heads,
        "seen_query": seen or "sort=-last_seen",
        "seen_order": _order(listed, "last_seen"),
        "kind": chosen,
        "segments": segments_chosen.choices("person")(request.workspace),
        "segment": (*listed.state.filters.get("segment", ()), "")[0],
        "may_work": may(request.member, "work"),
    }
    return page(request, "customers/people.html", "customers/_people.html", context)


def _order(listed: PeopleList, key: str) -> str:
    if listed.state.sort_key != key:
        return ""
    return "descending" if listed.state.is_descending else "ascending"


@gate("view")
def export(request: GatedRequest) -> HttpResponseBase:
    """The filtered people as CSV or Excel."""
    listed = PeopleList(request.member, parse(request.GET.urlencode(), SHAPE))
    heads = [pgettext("person", "Name"), _("Job title"), _("Email"), _("Phone"), _("Accounts"), _("Last seen")]
    rows = (
        [
            person.name,
            person.title,
            person.email,
            person.phone,
            "; ".join(str(place.account) for place in person.places if place.ended_on is None),
            person.last_seen_at,
        ]
        for person in listed.ordered.iterator(chunk_size=1000)
    )
    audit.record(request.workspace, "people.exported", request.workspace, by=request.member)
    name = _("People %(day)s") % {"day": request.workspace.today()}
    return download(request.workspace, name, heads, rows, "xlsx" if request.GET.get("format") == "xlsx" else "csv")


@gate("view")
def person(request: GatedRequest, number: int) -> HttpResponse:
    """One person: who, where, by which ids known, what they did lately."""
    found = person_or_404(request.member, number)
    seen = access.accounts(request.member).values("pk")
    context: dict[str, Any] = {
        "person": found,
        "places": found.affiliations.filter(account__in=seen).select_related("account").order_by("ended_on"),
        "identifiers": found.identifiers.order_by("kind", "value"),
        "merged": found.merged_from.order_by("number"),
        "visits": found.visits.filter(account__in=seen).select_related("account").order_by("-happened_on")[:5],
        "traits": sorted(found.traits.items()),
        "may_work": may(request.member, "work"),
        "segments": card(request.workspace, "person", found.number),
        **_events(found),
    }
    return render(request, "customers/person.html", context)


def _events(found: Person) -> dict[str, Any]:
    """The tail of the person's events, those under numbers merged into this one included."""
    numbers = [found.number, *found.merged_from.values_list("number", flat=True)]
    try:
        rows = warehouse.rows(
            warehouse.statement("customers", "person_events"),
            workspace_id=found.workspace_id,
            people=numbers,
            since=clock.now() - EVENTS_SINCE,
            most=EVENTS_SHOWN,
        )
    except warehouse.StoreUnavailable:
        return {"unavailable": True}
    return {"events": [(at, event, dict(properties), source) for at, event, _, properties, source in rows]}


@gate("work")
def edit(request: GatedRequest, number: int) -> HttpResponse:
    """Change the facts of a person."""
    found = person_or_404(request.member, number)
    form = PersonForm(request.POST or None, instance=person_or_404(request.member, number))
    return form_page(
        request,
        form,
        title=_("Edit person"),
        label=_("Save"),
        back=reverse("customers:person", kwargs={"workspace": request.workspace.slug, "number": number}),
        act=lambda: edit_person(person=found, by=request.member, **form.cleaned_data),
        done=_("Person saved."),
    )


@gate("work")
def new_person(request: GatedRequest, number: int) -> HttpResponse:
    """Add a person to an account."""
    account = account_of(request, number)
    form = NewPersonForm(request.POST or None)
    return form_page(
        request,
        form,
        title=_("New person"),
        label=_("Add person"),
        back=account_address(account, "people"),
        act=lambda: _join(request, account, dict(form.cleaned_data)),
        done=_("Person added."),
    )


@transaction.atomic
def _join(request: GatedRequest, account: Account, facts: dict[str, Any]) -> None:
    place = {name: facts.pop(name) for name in ("influence", "is_key")}
    joined = add_person(workspace=request.workspace, by=request.member, **facts)
    affiliate(account=account, person=joined, by=request.member, **place)


@gate("work")
def place(request: GatedRequest, number: int, person: int) -> HttpResponse:
    """Change a person's place at an account: influence, key person, dates."""
    account = account_of(request, number)
    held = get_object_or_404(Affiliation.objects.select_related("person"), account=account, person__number=person)
    form = PlaceForm(request.POST or None, instance=get_object_or_404(Affiliation, pk=held.pk))
    return form_page(
        request,
        form,
        title=_("%(person)s at %(account)s") % {"person": held.person, "account": account},
        label=_("Save"),
        back=account_address(account, "people"),
        act=lambda: affiliate(account=account, person=held.person, by=request.member, **form.cleaned_data),
        done=_("Saved."),
    )
