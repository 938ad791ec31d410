"""Making segments and changing them."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from evergrow.customers.actions import segments as actions
from evergrow.customers.criteria import as_data, posted
from evergrow.customers.models import Pace, Segment, SegmentKind, SegmentVersion
from evergrow.customers.queries import segments as queries
from evergrow.customers.segments import typed
from evergrow.customers.segments.refresh import refresh as find_anew
from evergrow.customers.views.segments.segment import address
from evergrow.lib.digits import row_id
from evergrow.workspaces.access import GatedRequest, gate
from evergrow.workspaces.errors import Refused
from evergrow.workspaces.models import Member

Sent = dict[str, Any]


@gate("work")
def new(request: GatedRequest) -> HttpResponse:
    """Make a segment by criteria or from a list."""
    is_list = (request.POST or request.GET).get("made") == "list"
    kind = (request.POST or request.GET).get("kind", "account")
    kind = kind if kind in SegmentKind.values else "account"
    error: Refused | None = None
    if request.method == "POST":
        try:
            made = _make_list(request, kind) if is_list else _make(request, kind)
        except Refused as refused:
            error = refused
        else:
            return redirect(address(made))
    context = {
        "kind": kind,
        "is_list": is_list,
        "error": error,
        "sent": request.POST,
        "paces": Pace.choices,
        "criteria": _typed(request) if error else {"all": []},
    }
    return render(request, "customers/segments/new.html", context, status=400 if error else 200)


def _make(request: GatedRequest, kind: str) -> Segment:
    is_draft = request.POST.get("act") == "draft"
    made = actions.create_segment(
        workspace=request.workspace,
        kind=kind,
        criteria=_criteria(request, kind),
        is_draft=is_draft,
        by=request.member,
        **_words(request),
    )
    if is_draft:
        messages.success(request, _("Draft saved. The segment has no members before it is published."))
    else:
        messages.success(request, _("Segment published. Its members are being found."))
    return made


def _make_list(request: GatedRequest, kind: str) -> Segment:
    found = read_list(request, kind)
    made = actions.create_segment(
        workspace=request.workspace, kind=kind, numbers=found.numbers, by=request.member, **_words(request)
    )
    tell_unknown(request, found, len(found.numbers))
    return made


def read_list(request: GatedRequest, kind: str) -> typed.Resolved:
    """Whom the posted file, or else the posted text, names. Raises ``typed.CannotRead``."""
    upload = request.FILES.get("file")
    if upload is None:
        return typed.resolve(request.member, kind, typed.from_text(request.POST.get("members", "")))
    if (upload.size or 0) > typed.MOST_BYTES:
        raise typed.CannotRead(_("The file is larger than 20 MB. Keep only the column with the ids."))
    words = list(typed.from_csv(upload.read()))
    found = typed.resolve(request.member, kind, words)
    if words and found.unknown and found.unknown[0] == words[0].strip():
        return typed.Resolved(found.numbers, found.unknown[1:])  # the head of a column that has another name
    return found


def tell_unknown(request: GatedRequest, found: typed.Resolved, added: int) -> None:
    """Say how many came onto the list, and which words meant nobody."""
    if not found.unknown:
        messages.success(request, _("%(count)s put on the list.") % {"count": f"{added:,}"})
        return
    shown = ", ".join(found.unknown[:10]) + ("…" if len(found.unknown) > 10 else "")
    sentence = _("%(count)s put on the list; %(unknown)s not known here: %(words)s")
    said = {"count": f"{added:,}", "unknown": f"{len(found.unknown):,}", "words": shown}
    messages.warning(request, sentence % said)


@gate("work")
def edit(request: GatedRequest, key: str) -> HttpResponse:
    """Change name, description, owner, how often it is refreshed, and the criteria."""
    segment = queries.segment_or_404(request.member, key)
    error: Refused | None = None
    if request.method == "POST":
        try:
            _save(request, segment)
        except Refused as refused:
            error = refused
        else:
            return redirect(address(segment))
    states = SegmentVersion.State
    shown = segment.versions.exclude(state=states.REPLACED).order_by("-number").first()
    context = {
        "segment": queries.segment_or_404(request.member, key),
        "kind": segment.kind,
        "is_list": segment.is_list,
        "error": error,
        "sent": request.POST if error else None,
        "paces": Pace.choices,
        "colleagues": Member.objects.filter(workspace=request.workspace, left_at=None).select_related("user"),
        "criteria": _typed(request) if error else (shown.criteria if shown else {"all": []}),
        "is_draft": shown is not None and shown.state == states.DRAFT,
    }
    return render(request, "customers/segments/edit.html", context, status=400 if error else 200)


def _save(request: GatedRequest, segment: Segment) -> None:
    words = _words(request)
    owner = Member.objects.filter(workspace=request.workspace, pk=row_id(request.POST.get("owner", ""))).first()
    actions.edit_segment(segment=segment, by=request.member, **words, owner=owner)
    if segment.is_list or not {"criteria", "criteria_text"} & set(request.POST):
        messages.success(request, _("Saved."))
        return
    current = segment.versions.exclude(state=SegmentVersion.State.REPLACED).order_by("-number").first()
    is_draft = current is not None and current.state == SegmentVersion.State.DRAFT
    wanted = _criteria(request, segment.kind)
    if current is None or current.criteria != wanted:
        actions.save_draft(segment=segment, criteria=wanted, by=request.member)
        is_draft = True
    if request.POST.get("act") == "draft" or not is_draft:
        messages.success(request, _("Saved."))
        return
    actions.publish(segment=segment, by=request.member)
    messages.success(request, _("Segment published. Its members are being found."))


@gate("work")
@require_POST
def publish(request: GatedRequest, key: str) -> HttpResponse:
    """Let the draft count."""
    segment = queries.segment_or_404(request.member, key)
    return _acted(request, segment, lambda: actions.publish(segment=segment, by=request.member), _("Published."))


@gate("work")
@require_POST
def drop_draft(request: GatedRequest, key: str) -> HttpResponse:
    """Throw the draft away."""
    segment = queries.segment_or_404(request.member, key)
    return _acted(request, segment, lambda: actions.drop_draft(segment=segment, by=request.member), _("Draft dropped."))


@gate("work")
@require_POST
def duplicate(request: GatedRequest, key: str) -> HttpResponse:
    """The same segment again, as a draft."""
    segment = queries.segment_or_404(request.member, key)
    name = request.POST.get("name") or _("Copy of %(name)s") % {"name": segment.name}
    try:
        made = actions.duplicate(segment=segment, name=name[:120], by=request.member)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(address(segment))
    return redirect(address(made, "segment_edit"))


@gate("work")
@require_POST
def retire(request: GatedRequest, key: str) -> HttpResponse:
    """Take a segment out of use."""
    segment = queries.segment_or_404(request.member, key)
    return _acted(request, segment, lambda: actions.retire(segment=segment, by=request.member), _("Segment retired."))


@gate("work")
@require_POST
def bring_back(request: GatedRequest, key: str) -> HttpResponse:
    """Use a retired segment again."""
    segment = queries.segment_or_404(request.member, key)
    return _acted(
        request, segment, lambda: actions.bring_back(segment=segment, by=request.member), _("Segment brought back.")
    )


@gate("work")
@require_POST
def refresh(request: GatedRequest, key: str) -> HttpResponse:
    """Find the members anew: a list at once, criteria by a job."""
    segment = queries.segment_or_404(request.member, key)
    if segment.is_list:
        find_anew(request.workspace, [segment])
    else:
        actions.request_refresh(segment=segment, by=request.member)
    return redirect(address(segment))


def _acted(request: GatedRequest, segment: Segment, act: Any, done: str) -> HttpResponse:
    try:
        act()
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done)
    return redirect(address(segment))


def _words(request: GatedRequest) -> Sent:
    found: Sent = {name: request.POST.get(name, "") for name in ("name", "name_zh", "description")}
    pace = request.POST.get("pace", "")
    return {**found, "pace": int(pace) if pace.isascii() and pace.isdigit() and len(pace) < 6 else Pace.ARRIVALS}


def _criteria(request: GatedRequest, kind: str) -> Any:
    """The criteria that the form posted. Raises CriteriaError at the part that means nothing."""
    return as_data(posted.read(request.POST, kind, request.workspace))


def _typed(request: GatedRequest) -> Any:
    """What was posted, to be mended: as it is, where it can be read at all."""
    try:
        return json.loads(request.POST.get("criteria") or "null")
    except (ValueError, RecursionError):
        return None
