"""How segments overlap, and who stands behind each combination."""

from typing import Any

import numpy as np
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from evergrow import warehouse
from evergrow.customers import access
from evergrow.customers.actions import segments as actions
from evergrow.customers.models import Segment
from evergrow.customers.number_set import among
from evergrow.customers.queries import segments as queries
from evergrow.customers.segments import overlap as overlaps
from evergrow.customers.segments import upset
from evergrow.customers.views.segments.index import choices
from evergrow.customers.views.segments.segment import address
from evergrow.workspaces.access import GatedRequest, gate, may
from evergrow.workspaces.errors import Refused

PER_PAGE = 50


@gate("view")
def overlap(request: GatedRequest) -> HttpResponse:
    """Choose segments of one kind and see how they overlap."""
    kind = "person" if request.GET.get("kind") == "person" else "account"
    chosen = _chosen(request, request.GET.getlist("s"))
    if chosen:
        kind = chosen[0].kind
    chosen = [segment for segment in chosen if segment.kind == kind][: overlaps.MOST]
    context: dict[str, Any] = {"kind": kind, "choices": choices(request, kind), "chosen": chosen, "most": overlaps.MOST}
    if len(chosen) > 1:
        try:
            context |= _drawn(request, kind, chosen)
        except warehouse.StoreUnavailable:
            context["unavailable"] = True
    return render(request, "customers/segments/overlap.html", context)


def _drawn(request: GatedRequest, kind: str, chosen: list[Segment]) -> dict[str, Any]:
    found = overlaps.overlap(request.workspace, chosen, _seen(request, kind))
    drawn = upset.draw(found, lambda part: behind_address(request, chosen, part.code))
    shares = [(column, column.part.count / found.total if found.total else 0) for column in drawn.columns]
    return {"overlap": found, "upset": drawn, "rows": shares, "oldest": _oldest(chosen)}


def _seen(request: GatedRequest, kind: str) -> Any:
    """Whom the member may see, or None who may see everybody."""
    if request.member.scope == "all":
        return None
    rows: Any = access.accounts(request.member) if kind == "account" else access.people(request.member)
    return np.unique(np.fromiter(rows.values_list("number", flat=True), np.uint32))


def _oldest(chosen: list[Segment]) -> Any:
    moments = [segment.as_of for segment in chosen]
    return min((moment for moment in moments if moment), default=None)


@gate("view")
def behind(request: GatedRequest) -> HttpResponse:
    """Who is in exactly these segments and in none of the others."""
    chosen, code = _asked(request, request.GET)
    numbers = overlaps.behind(request.workspace, chosen, code)
    rows: Any = queries.visible(request.member, chosen[0].kind, among(numbers))
    context = {
        "kind": chosen[0].kind,
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "inside": [segment for place, segment in enumerate(chosen) if code >> place & 1],
        "outside": [segment for place, segment in enumerate(chosen) if not code >> place & 1],
        "chosen": chosen,
        "code": code,
        "back": f"{_url(request, 'overlap')}?{urlencode([('s', segment.key) for segment in chosen])}",
        "may_work": may(request.member, "work"),
    }
    return render(request, "customers/segments/behind.html", context)


@gate("work")
@require_POST
def save(request: GatedRequest) -> HttpResponse:
    """Keep a combination as a segment of its own: in all of these, in none of those."""
    chosen, code = _asked(request, request.POST)
    parts = [
        {"segment": segment.key, **({} if code >> place & 1 else {"in": False})} for place, segment in enumerate(chosen)
    ]
    try:
        made = actions.create_segment(
            workspace=request.workspace,
            name=request.POST.get("name", ""),
            kind=chosen[0].kind,
            criteria={"all": parts},
            by=request.member,
        )
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(behind_address(request, chosen, code))
    messages.success(request, _("Segment published. Its members are being found."))
    return redirect(address(made))


def behind_address(request: GatedRequest, chosen: list[Segment], code: int) -> str:
    query = urlencode([*(("s", segment.key) for segment in chosen), ("in", str(code))])
    return f"{_url(request, 'overlap_behind')}?{query}"


def _asked(request: GatedRequest, sent: Any) -> tuple[list[Segment], int]:
    keys, text = sent.getlist("s"), sent.get("in", "")
    chosen = _chosen(request, keys)
    code = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 0
    is_whole = len(chosen) == len(set(keys)) and 1 <= len(chosen) <= overlaps.MOST
    if not is_whole or len({segment.kind for segment in chosen}) > 1 or not 0 < code < 1 << len(chosen):
        raise Http404
    return chosen, code


def _chosen(request: GatedRequest, keys: list[str]) -> list[Segment]:
    """The segments with these keys, in the order of the address."""
    found = {each.key: each for each in Segment.objects.filter(workspace=request.workspace, key__in=keys[:50])}
    return [found[key] for key in dict.fromkeys(keys) if key in found]


def _url(request: GatedRequest, name: str) -> str:
    return reverse(f"customers:segments_{name}", kwargs={"workspace": request.workspace.slug})
