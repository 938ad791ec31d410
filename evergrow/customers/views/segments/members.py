"""The members of a segment: the table, the file, putting on and taking off a list."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from evergrow import warehouse
from evergrow.customers.actions import segments as actions
from evergrow.customers.downloads import Format, download
from evergrow.customers.models import Segment
from evergrow.customers.privacy.masking import Mask, mask_for
from evergrow.customers.queries import segments as queries
from evergrow.customers.views.segments.editing import read_list, tell_unknown
from evergrow.customers.views.segments.segment import address, frame
from evergrow.lib.batches import batched
from evergrow.lib.digits import small
from evergrow.lib.sheets import Cell
from evergrow.workspaces import audit
from evergrow.workspaces.access import GatedRequest, gate
from evergrow.workspaces.errors import Refused

PER_PAGE = 50


@gate("view")
def members(request: GatedRequest, key: str) -> HttpResponse:
    """Who is in it, of those whom the member may see."""
    segment = queries.segment_or_404(request.member, key)
    context = frame(request, segment, "members") | {"words": request.GET.get("q", "")}
    try:
        rows: Any = queries.members(request.member, segment, context["words"])
        shown = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        context |= {"page": shown, "since": queries.since(segment, [each.number for each in shown])}
    except warehouse.StoreUnavailable:
        context["unavailable"] = True
    return render(request, "customers/segments/members.html", context)


@gate("view")
def export(request: GatedRequest, key: str) -> HttpResponseBase:
    """The members as CSV or Excel."""
    segment = queries.segment_or_404(request.member, key)
    rows: Any = queries.members(request.member, segment, request.GET.get("q", ""))
    audit.record(request.workspace, "segment.exported", segment, by=request.member, data={"count": rows.count()})
    name = f"{segment.called(get_language() or 'en')} {request.workspace.today()}"
    format: Format = "xlsx" if request.GET.get("format") == "xlsx" else "csv"
    return download(request.workspace, name, _heads(segment), _sheet(segment, rows, mask_for(request)), format)


@gate("work")
@require_POST
def put(request: GatedRequest, key: str) -> HttpResponse:
    """Put typed or uploaded members on a list."""
    segment = queries.segment_or_404(request.member, key)
    try:
        found = read_list(request, segment.kind)
        added = actions.put_on_list(segment=segment, numbers=found.numbers, by=request.member)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        tell_unknown(request, found, added)
    return redirect(address(segment, "segment_members"))


@gate("work")
@require_POST
def take_off(request: GatedRequest, key: str) -> HttpResponse:
    """Take ticked members off a list; only those whom the member may see."""
    segment = queries.segment_or_404(request.member, key)
    ticked = [number for text in request.POST.getlist("member")[:5000] if (number := small(text))]
    seen = queries.named(request.member, segment.kind, ticked)
    try:
        count = actions.take_off_list(segment=segment, numbers=list(seen), by=request.member)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        sentence = ngettext("%(count)d taken off the list.", "%(count)d taken off the list.", count)
        messages.success(request, sentence % {"count": count})
    return redirect(address(segment, "segment_members"))


def _heads(segment: Segment) -> list[str]:
    if segment.kind == "account":
        return [
            _("Number"),
            _("Account"),
            _("Id in your systems"),
            _("Tier"),
            _("Status"),
            _("Plan"),
            _("MRR"),
            pgettext("segment", "In it since"),
        ]
    return [
        _("Number"),
        pgettext("person", "Name"),
        _("Job title"),
        _("Email"),
        _("Phone"),
        _("Accounts"),
        _("Last seen"),
        pgettext("segment", "In it since"),
    ]


def _sheet(segment: Segment, rows: Any, mask: Mask) -> Iterator[list[Cell]]:
    for block in batched(rows.iterator(chunk_size=1000), 1000):
        since = queries.since(segment, [each.number for each in block])
        for each in block:
            yield [each.number, *_facts(segment, each, mask), since.get(each.number)]


def _facts(segment: Segment, each: Any, mask: Mask) -> list[Cell]:
    if segment.kind == "account":
        return [
            queries.called(each, mask),
            each.external_id,
            str(each.get_tier_display()),
            str(each.get_status_display()),
            each.plan,
            each.mrr,
        ]
    places = "; ".join(queries.called(place.account, mask) for place in each.places)
    shown = mask.shown(each)
    return [str(shown), each.title, shown.email, shown.phone, places, each.last_seen_at]
