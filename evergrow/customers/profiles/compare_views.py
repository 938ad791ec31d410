"""Two of a kind side by side, and the search for the second one."""

from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from evergrow.customers import access
from evergrow.customers.models import Account, Duplicate, Person
from evergrow.customers.privacy.masking import mask_for
from evergrow.customers.profiles.addresses import compare_address, merge_address
from evergrow.customers.profiles.comparison import compare
from evergrow.lib.digits import small
from evergrow.workspaces.access import Ability, GatedRequest, gate, may

FOUND = 20


@gate("view")
@require_safe
def people_compare(request: GatedRequest) -> HttpResponse:
    """Two people, ``a`` and ``b`` by number."""
    return _page(request, Duplicate.Kind.PERSON)


@gate("view")
@require_safe
def accounts_compare(request: GatedRequest) -> HttpResponse:
    """Two accounts, ``a`` and ``b`` by number."""
    return _page(request, Duplicate.Kind.ACCOUNT)


def _page(request: GatedRequest, kind: str) -> HttpResponse:
    one, other = (_subject(request, kind, request.GET.get(name, "")) for name in ("a", "b"))
    context: dict[str, Any] = {"kind": kind, "one": one, "other": other, "may_work": may(request.member, "work")}
    if one is None or other is None or one.pk == other.pk:
        search = request.GET.get("q", "").strip()[:100]
        context |= {"other": None, "search": search, "found": _found(request, kind, search, one)}
        return render(request, "customers/profiles/compare_choose.html", context)
    needed: Ability = "work" if kind == Duplicate.Kind.PERSON else "manage"
    groups, only = compare(request.member, one, other), request.GET.get("only") == "differences"
    first, second = sorted((one.number, other.number))
    pair = Duplicate.objects.filter(workspace=request.workspace, kind=kind, first=first, second=second).first()
    context |= {
        "groups": groups,
        "only": only,
        "different": sum(group.different for group in groups),
        "swapped": compare_address(other, one.number),
        "merge_url": merge_address(one, other) if may(request.member, needed) else "",
        "pair": pair if pair and pair.state == Duplicate.State.OPEN else None,
    }
    return render(request, "customers/profiles/compare.html", context)


def _subject(request: GatedRequest, kind: str, number: str) -> Any:
    """The person or account of a number; None where none is given, 404 where it is not there for the reader."""
    if not number:
        return None
    if not small(number):
        raise Http404
    ask: Any = access.person_or_404 if kind == Duplicate.Kind.PERSON else access.account_or_404
    found = ask(request.member, small(number))
    found.workspace = request.workspace
    return found


def _found(request: GatedRequest, kind: str, search: str, one: Person | Account | None) -> list[tuple[Any, str]]:
    """Whom the words name, each with the address that chooses it."""
    if not search:
        return []
    if kind == Duplicate.Kind.PERSON:
        rows: Any = access.people(request.member).filter(mask_for(request).named(search))
    else:
        named = Q(name__icontains=search) | Q(other_name__icontains=search) | Q(domain__icontains=search)
        rows = access.accounts(request.member).filter(named)
    shown = [row for row in rows.order_by("name", "number")[: FOUND + 1] if one is None or row.pk != one.pk][:FOUND]
    for row in shown:
        row.workspace = request.workspace
    return [(row, compare_address(row) if one is None else compare_address(one, row.number)) for row in shown]
