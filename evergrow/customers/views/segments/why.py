"""Why somebody is in a segment, or is not: condition by condition."""

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render

from evergrow import warehouse
from evergrow.customers import access
from evergrow.customers import criteria as rules
from evergrow.customers.models import Account, Person, Segment
from evergrow.customers.privacy.masking import mask_for
from evergrow.customers.queries import segments as queries
from evergrow.customers.segments import canon, lists, membership, moves
from evergrow.customers.segments.reasons import about
from evergrow.lib.digits import small
from evergrow.workspaces.access import GatedRequest, gate

FOUND = 8


@gate("view")
def why(request: GatedRequest, key: str) -> HttpResponse:
    """Look for somebody, then see which conditions hold for them."""
    segment = queries.segment_or_404(request.member, key)
    words, number = request.GET.get("q", "").strip(), request.GET.get("subject", "")
    context: dict[str, Any] = {"segment": segment, "words": words}
    if small(number):
        context |= explained(request, segment, small(number))
    elif words:
        context["found"] = _search(request, segment.kind, words)
    is_part = bool(request.htmx) and not request.htmx.boosted
    template = "customers/segments/_why.html" if is_part else "customers/segments/why.html"
    return render(request, template, context)


def explained(request: GatedRequest, segment: Segment, number: int) -> dict[str, Any]:
    """Whether a subject is in the segment, since when, and which conditions hold for it now. 404 for a stranger."""
    kind: Any = segment.kind
    look = access.account_or_404 if kind == "account" else access.person_or_404
    subject: Account | Person = look(request.member, number)
    found: dict[str, Any] = {"subject": subject, "name": queries.called(subject, mask_for(request))}
    try:
        found["is_in"] = bool(membership.holding(request.workspace.pk, [segment.pk], number))
        numbers = canon.read(request.workspace.pk, kind).behind(number)
        found["move"] = moves.of_subject(request.workspace.pk, [segment.pk], numbers).get(segment.pk)
        if segment.is_list:
            found["is_listed"] = bool(number in lists.read(segment))
        else:
            found["reasons"] = about(segment, number)
    except rules.CriteriaError as error:
        found["problem"] = error.message
    except warehouse.StoreUnavailable:
        found["unavailable"] = True
    return found


def _search(request: GatedRequest, kind: str, words: str) -> list[tuple[int, str, str]]:
    """Number, name and what tells namesakes apart."""
    rows: Any = queries.visible(request.member, kind, Q(), words)
    mask = mask_for(request)
    return [
        (each.number, queries.called(each, mask), each.external_id if kind == "account" else mask.value(each, "email"))
        for each in rows[:FOUND]
    ]
