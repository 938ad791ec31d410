"""Who resembles a segment and is not in it."""

from typing import Any

import numpy as np
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from evergrow import warehouse
from evergrow.customers import access
from evergrow.customers.actions import segments as actions
from evergrow.customers.models import Segment
from evergrow.customers.queries import segments as queries
from evergrow.customers.segments import alike as likeness
from evergrow.customers.views.segments.segment import address, frame
from evergrow.workspaces.access import GatedRequest, gate
from evergrow.workspaces.errors import Refused

CHOICES = (20, 50, 100, 500)


@gate("view")
def alike(request: GatedRequest, key: str) -> HttpResponse:
    """The nearest, with what makes them alike."""
    segment = queries.segment_or_404(request.member, key)
    most = _most(request.GET.get("most", ""))
    context = frame(request, segment, "alike") | {"most": most, "choices": CHOICES, "days": likeness.DAYS}
    try:
        found = _found(request, segment, most)
        subjects = queries.named(request.member, segment.kind, [match.number for match in found.matches])
        matches = [(match, subjects[match.number]) for match in found.matches if match.number in subjects]
        context |= {"found": found, "matches": matches}
    except likeness.TooFew:
        context["too_few"] = True
    except warehouse.StoreUnavailable:
        context["unavailable"] = True
    return render(request, "customers/segments/alike.html", context)


@gate("work")
@require_POST
def save(request: GatedRequest, key: str) -> HttpResponse:
    """Keep the nearest as a list."""
    segment = queries.segment_or_404(request.member, key)
    most = _most(request.POST.get("most", ""))
    name = request.POST.get("name") or pgettext("segment", "Like %(name)s") % {"name": segment.name}
    try:
        found = _found(request, segment, most)
        told = {"count": len(found.matches), "name": segment.name, "day": request.workspace.today()}
        made = actions.create_segment(
            workspace=request.workspace,
            name=name[:120],
            description=_("The %(count)s nearest to “%(name)s” by traits and behaviour on %(day)s.") % told,
            kind=segment.kind,
            numbers=[match.number for match in found.matches],
            by=request.member,
        )
    except likeness.TooFew:
        return redirect(address(segment, "segment_alike"))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(address(segment, "segment_alike"))
    messages.success(request, _("Saved as a list."))
    return redirect(address(made))


def _found(request: GatedRequest, segment: Segment, most: int) -> likeness.Likeness:
    only: Any = None
    if request.member.scope != "all":
        rows: Any = access.accounts(request.member) if segment.kind == "account" else access.people(request.member)
        only = np.unique(np.fromiter(rows.values_list("number", flat=True), np.uint32))
    return likeness.alike(request.workspace, segment, most=most, only=only)


def _most(text: str) -> int:
    return int(text) if text in map(str, CHOICES) else CHOICES[0]
