"""Lists become segments: the account list by its filters where criteria can say them, else by who is on it now."""

from typing import Any

import numpy as np
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from evergrow.customers import criteria as rules
from evergrow.customers import selection
from evergrow.customers.actions import segments as actions
from evergrow.customers.models import Segment
from evergrow.customers.queries.account_list import shape
from evergrow.customers.queries.people_list import SHAPE, PeopleList
from evergrow.customers.segments.from_filters import criteria_of
from evergrow.customers.views.accounts import address as accounts_address
from evergrow.customers.views.segments.index import choices
from evergrow.customers.views.segments.segment import address
from evergrow.lib.listing import parse
from evergrow.workspaces.access import GatedRequest, gate
from evergrow.workspaces.errors import Refused


@gate("work")
@require_POST
def from_accounts(request: GatedRequest) -> HttpResponse:
    """Ask how the chosen accounts become a segment, then do it.

    First posted by the account list with its selection; ``how`` is criteria, list, or an existing list's key.
    """
    chosen = selection.read(request)
    if not chosen:
        messages.error(request, _("No account was selected. Tick some rows first."))
        return redirect(accounts_address(request.workspace, chosen.query))
    data = _criteria(request, chosen)
    how, error = request.POST.get("how", ""), ""
    if how:
        try:
            return redirect(address(_made(request, chosen, how, data)))
        except Refused as refused:
            error = str(refused)
    context = {
        "selection": chosen,
        "sentence": _said(request, data),
        "lists": [segment for segment in choices(request, "account") if segment.is_list],
        "error": error,
        "back": accounts_address(request.workspace, chosen.query),
        "name": request.POST.get("name", ""),
    }
    return render(request, "customers/segments/from_accounts.html", context, status=400 if error else 200)


def _criteria(request: GatedRequest, chosen: selection.Selection) -> dict[str, Any] | None:
    """The list's filters as criteria, where everything on it was chosen and they can say it."""
    if not chosen.is_everything:
        return None
    return criteria_of(request.member, parse(chosen.query, shape()))


def _said(request: GatedRequest, data: dict[str, Any] | None) -> str:
    if data is None:
        return ""
    try:
        return rules.sentence(rules.parse(data, "account", request.workspace), request.workspace)
    except rules.CriteriaError:
        return ""


def _made(request: GatedRequest, chosen: selection.Selection, how: str, data: dict[str, Any] | None) -> Segment:
    numbers = np.fromiter(chosen.accounts.order_by().values_list("number", flat=True), np.uint32)
    name, workspace = request.POST.get("name", ""), request.workspace
    if how == "criteria" and data is not None:
        made = actions.create_segment(workspace=workspace, name=name, kind="account", criteria=data, by=request.member)
        messages.success(request, _("Segment published. Its members are being found."))
        return made
    if how == "list":
        made = actions.create_segment(
            workspace=workspace, name=name, kind="account", numbers=numbers, by=request.member
        )
        messages.success(request, _("Saved as a list."))
        return made
    kept = Segment.objects.filter(workspace=workspace, kind="account", is_list=True, key=how).first()
    if kept is None:
        raise Refused(_("Choose what the segment is made of."))
    kept.workspace = workspace
    added = actions.put_on_list(segment=kept, numbers=numbers, by=request.member)
    messages.success(request, _("%(count)s put on the list.") % {"count": f"{added:,}"})
    return kept


@gate("work")
@require_POST
def from_people(request: GatedRequest) -> HttpResponse:
    """Keep everybody on the list of people, as it is filtered, as a list."""
    listed = PeopleList(request.member, parse(request.POST.get("query", ""), SHAPE))
    numbers = np.fromiter(listed.rows.order_by().values_list("number", flat=True), np.uint32)
    back = reverse("customers:people", kwargs={"workspace": request.workspace.slug})
    try:
        made = actions.create_segment(
            workspace=request.workspace,
            name=request.POST.get("name", ""),
            kind="person",
            numbers=np.unique(numbers),
            by=request.member,
        )
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(f"{back}?{listed.state.query}")
    messages.success(request, _("Saved as a list."))
    return redirect(address(made))
