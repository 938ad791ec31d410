"""People: the list, and their places at accounts."""

from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from evergrow.customers.actions.people import add_person, affiliate, place_of
from evergrow.customers.downloads import download
from evergrow.customers.forms import NewPersonForm, PlaceForm
from evergrow.customers.models import Account, Affiliation, Person
from evergrow.customers.privacy.masking import mask_for
from evergrow.customers.queries.people_list import SHAPE, PeopleList
from evergrow.customers.segments import chosen as segments_chosen
from evergrow.customers.views.forms import form_page
from evergrow.customers.views.page import page
from evergrow.customers.views.records import account_address, account_of
from evergrow.lib.listing import parse
from evergrow.workspaces import audit
from evergrow.workspaces.access import GatedRequest, gate, may


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
        "may_manage": may(request.member, "manage"),
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
    mask = mask_for(request)
    rows = (
        [
            mask.value(person, "name"),
            person.title,
            mask.value(person, "email"),
            mask.value(person, "phone"),
            "; ".join(str(place.account) for place in person.places if place.ended_on is None),
            person.last_seen_at,
        ]
        for person in listed.ordered.iterator(chunk_size=1000)
    )
    audit.record(request.workspace, "people.exported", request.workspace, by=request.member)
    name = _("People %(day)s") % {"day": request.workspace.today()}
    return download(request.workspace, name, heads, rows, "xlsx" if request.GET.get("format") == "xlsx" else "csv")


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
    here = get_object_or_404(Person, affiliations__in=Affiliation.objects.filter(account=account), number=person)
    held = place_of(account, here)
    if held is None:
        raise Http404
    form = PlaceForm(request.POST or None, instance=get_object_or_404(Affiliation, pk=held.pk))
    return form_page(
        request,
        form,
        title=_("%(person)s at %(account)s") % {"person": mask_for(request).called(held.person), "account": account},
        label=_("Save"),
        back=account_address(account, "people"),
        act=lambda: affiliate(account=account, person=held.person, by=request.member, **form.cleaned_data),
        done=_("Saved."),
    )
