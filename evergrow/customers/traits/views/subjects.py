"""A trait of one person or account: its history, and setting it by hand."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from evergrow import warehouse
from evergrow.customers import access
from evergrow.customers.criteria import known_traits, providers
from evergrow.customers.models import ComputedTrait, Person, TraitDefinition
from evergrow.customers.privacy.masking import mask_for
from evergrow.customers.traits import card, history, words
from evergrow.customers.traits.describing import read_typed, set_values
from evergrow.customers.traits.precedence import can_be_kept
from evergrow.customers.traits.subjects import FIELDS, Subject, current, kind_of
from evergrow.customers.views.page import page
from evergrow.workspaces.access import GatedRequest, gate, may
from evergrow.workspaces.errors import Refused


@gate("view")
@require_http_methods(["GET", "HEAD", "POST"])
def person_trait(request: GatedRequest, number: int) -> HttpResponse:
    """The history of a person's trait; POST sets its value."""
    return _trait(request, access.person_or_404(request.member, number))


@gate("view")
@require_http_methods(["GET", "HEAD", "POST"])
def account_trait(request: GatedRequest, number: int) -> HttpResponse:
    """The history of an account's trait; POST sets its value."""
    return _trait(request, access.account_or_404(request.member, number))


def _trait(request: GatedRequest, row: Subject) -> HttpResponse:
    key = request.GET.get("trait", "")
    if not can_be_kept(key) or (isinstance(row, Person) and key in mask_for(request).hidden_traits(row)):
        raise Http404
    typed: str | None = None
    error = ""
    if request.method == "POST":
        key, typed = request.POST.get("trait", key).replace("\0", "").strip(), request.POST.get("value", "")
        try:
            return _set(request, row, key, typed)
        except Refused as refused:
            error = str(refused)
    context = _context(request, row, key, typed) | {"error": error}
    response = page(
        request, "customers/traits/value.html", "customers/traits/_value.html", context, status=422 if error else 200
    )
    response["HX-Push-Url"] = "false"
    return response


def _set(request: GatedRequest, row: Subject, key: str, typed: str) -> HttpResponse:
    value = read_typed(typed, _type(row, key))
    if set_values(row=row, values={key: value}, by=request.member):
        messages.success(request, gettext("Trait saved."))
    else:
        messages.info(
            request, gettext("Nothing changed: the value is the same, or a more trusted source says otherwise.")
        )
    to = card.back(row)
    return HttpResponseClientRedirect(to) if request.htmx else redirect(to)


def _type(row: Subject, key: str) -> str:
    described = TraitDefinition.objects.filter(workspace=row.workspace, kind=kind_of(row), key=key).first()
    if described:
        return described.type
    return card.type_of(row.traits.get(key))


def _context(request: GatedRequest, row: Subject, key: str, typed: str | None) -> dict[str, Any]:
    kind = kind_of(row)
    now = current(row, key) if key in FIELDS[kind] or key in row.traits or key in row.origins else None
    is_typed = key not in known_traits.built_in(kind) and key not in providers.provided(kind)
    is_typed &= not ComputedTrait.objects.filter(workspace=row.workspace, kind=kind, key=key).exists()
    context: dict[str, Any] = {
        "row": row,
        "kind": kind,
        "key": key,
        "label": card.label_of(row, key) if key else gettext("Add a trait"),
        "back": card.back(row),
        "action": request.get_full_path(),
        "may_set": is_typed and key not in FIELDS[kind] and may(request.member, "work"),
        "value": card.typed_text(now.value if now else None) if typed is None else typed,
        "type": _type(row, key),
    }
    if not key:
        return context
    try:
        told = history.of(row.workspace, kind, card.numbers(row), key, now)
    except warehouse.StoreUnavailable:
        return context | {"unavailable": True}
    numbers = [each.number for each in reversed(told)]
    is_line = len(numbers) > 1 and all(number is not None for number in numbers)
    return context | {
        "told": [(words.source(each.source), each) for each in told],
        "line": numbers if is_line else None,
    }
