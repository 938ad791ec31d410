"""The pages of refused messages: the list with its groups, one message, and what can be done."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import orjson
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from evergrow.customers.downloads import download
from evergrow.intake.capture import rejects as capture
from evergrow.intake.capture.messages import MAX_MESSAGE
from evergrow.intake.capture.spool import SpoolUnavailable
from evergrow.intake.models import Reject, RejectState
from evergrow.intake.plan.addresses import rule_url
from evergrow.intake.rejects import actions, queries
from evergrow.intake.rejects.advice import advice
from evergrow.lib import sheets
from evergrow.workspaces.access import GatedRequest, gate, may
from evergrow.workspaces.errors import Refused
from evergrow.workspaces.models import Job, JobState

PAGE = 50
OF_LIMITS = {"message_too_large"}
LONGEST_TEXT = 1024 * 1024


class Counted(Paginator):  # type: ignore[type-arg]
    """Pages of rows that were counted already."""

    def __init__(self, rows: QuerySet[Reject], total: int) -> None:
        super().__init__(rows, PAGE)
        self.__dict__["count"] = total


@gate("view")
@require_safe
def rejects(request: GatedRequest) -> HttpResponse:
    """What was refused: grouped by reason, event and source, then one by one."""
    wanted = queries.read(request.GET)
    sort = request.GET.get("sort", queries.NEWEST)
    groups, total = queries.groups(request.member, wanted)
    page = Counted(queries.listed(request.member, wanted, sort), total).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "wanted": wanted,
        "wanted_fields": [(name, value) for name, value in asdict(wanted).items() if value],
        "groups": [(each, _narrowed(wanted, each)) for each in groups],
        "is_one_group": len(groups) == 1,
        "heads": _heads(wanted, sort),
        "choices": queries.choices(request.member),
        "states": [*RejectState.choices, (queries.ALL, pgettext("states", "All"))],
        "open_count": page.paginator.count if wanted.state == RejectState.OPEN else 0,
        "export_query": wanted.query(),
        "runs": _open_runs(request),
        "may_administer": may(request.member, "administer"),
    }
    return render(request, "intake/rejects/list.html", context)


def _narrowed(wanted: queries.Filter, group: queries.Group) -> str:
    return wanted.query(code=group.code, event=group.event or "-", source=group.source)


def _heads(wanted: queries.Filter, sort: str) -> list[dict[str, str]]:
    labels = {
        "received": _("Received"),
        "reason": _("Reason"),
        "event": _("Event"),
        "source": _("Source"),
    }
    found = []
    for key, label in labels.items():
        is_here = sort.removeprefix("-") == key
        turned = key if (is_here and sort.startswith("-")) or (key != "received" and not is_here) else f"-{key}"
        order = ("descending" if sort.startswith("-") else "ascending") if is_here else ""
        query = "&".join(part for part in (wanted.query(), f"sort={turned}") if part)
        found.append({"label": label, "query": query, "order": order})
    return found


def _open_runs(request: GatedRequest) -> QuerySet[Job]:
    going = [JobState.QUEUED, JobState.RUNNING]
    return Job.objects.filter(workspace=request.workspace, kind=actions.KIND, state__in=going).order_by("pk")


@gate("view")
@require_safe
def export(request: GatedRequest) -> HttpResponseBase:
    """The filtered refusals as CSV, or as JSON lines with ``format=jsonl``."""
    wanted = queries.read(request.GET)
    rows = wanted.apply(queries.rejects(request.member), request.workspace).order_by("-received_at", "-pk")
    name = f"rejects-{request.workspace.slug}-{request.workspace.today().isoformat()}"
    if request.GET.get("format") == "jsonl":
        headers = {"Content-Disposition": f'attachment; filename="{name}.jsonl"'}
        return StreamingHttpResponse(
            _json_lines(rows), content_type="application/jsonl; charset=utf-8", headers=headers
        )
    heads = [_("Received"), _("Reason"), _("Code"), _("Detail"), _("Event"), _("Source"), _("State"), _("Message")]
    return download(request.workspace, name, heads, _cells(rows), "csv")


def _cells(rows: QuerySet[Reject]) -> Iterator[list[sheets.Cell]]:
    for row in rows.iterator(chunk_size=500):
        state = str(row.get_state_display())
        yield [row.received_at, row.reason, row.code, row.detail, row.event, row.source, state, row.raw]


def _json_lines(rows: QuerySet[Reject]) -> Iterator[bytes]:
    names = ("id", "code", "detail", "event", "source", "state", "note", "received_at", "replayed_at", "discarded_at")
    for row in rows.iterator(chunk_size=500):
        found = {name: getattr(row, name) for name in names} | {"envelope": row.envelope, "raw": row.raw}
        yield orjson.dumps(found) + b"\n"


@gate("view")
@require_safe
def reject(request: GatedRequest, pk: int) -> HttpResponse:
    """One refused message: why, what to do, and the message itself."""
    return _reject_page(request, queries.reject_or_404(request.member, pk))


def _reject_page(request: GatedRequest, found: Reject, text: str = "", problem: str = "") -> HttpResponse:
    pretty = _pretty(found.raw)
    context = {
        "reject": found,
        "advice": advice(found.code),
        "other": _in_the_other_language(found),
        "pretty": pretty,
        "text": text or pretty,
        "rows": min(28, max(6, pretty.count("\n") + 2)),
        "mended": _pretty(found.mended) if found.mended else "",
        "problem": problem,
        "followers": found.followers.order_by("pk"),
        "rule_url": _rule_url(found),
        "is_json": _is_json(found.raw),
        "is_cut": len(found.raw.encode()) >= MAX_MESSAGE and not _is_json(found.raw),
        "may_administer": may(request.member, "administer"),
    }
    return render(request, "intake/rejects/reject.html", context, status=422 if problem else 200)


def _pretty(raw: str) -> str:
    try:
        return json.dumps(json.loads(raw), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return raw


def _is_json(raw: str) -> bool:
    try:
        json.loads(raw)
    except (ValueError, RecursionError):
        return False
    return True


def _in_the_other_language(found: Reject) -> dict[str, str]:
    """Reason and advice in the language that the reader has not, to pass on to who can mend it."""
    other = "en" if translation.get_language() != "en" else "zh-hans"
    with translation.override(other):
        return {"language": other, "reason": found.reason, "advice": advice(found.code)}


def _rule_url(found: Reject) -> str:
    """Where the rule is changed that refused a message: the limits of its source, or the plan; else empty."""
    if found.code in OF_LIMITS and found.key_id:
        return reverse("intake:source", kwargs={"workspace": found.workspace.slug, "pk": found.key_id}) + "#limits"
    return rule_url(found.workspace, found.code, found.envelope.get("event", ""))


@gate("administer")
@require_POST
def replay(request: GatedRequest, pk: int) -> HttpResponse:
    """Send a refused message again, as it came or as it was mended in the form."""
    found = queries.reject_or_404(request.member, pk)
    text = request.POST.get("text", "")[:LONGEST_TEXT]
    try:
        given = None if not text or text.replace("\r\n", "\n") == _pretty(found.raw) else text
        capture.replay(reject=found, by=request.member, text=given)
        messages.success(request, _("Sent again. It counts in a moment, or is refused again with its reason."))
    except capture.AlreadyReplayed:
        messages.info(request, _("This message was sent again or discarded before."))
    except capture.CannotReplay:
        return _reject_page(
            request, found, text, _("This is not JSON, so sending it again cannot help. Mend it first.")
        )
    except SpoolUnavailable:
        messages.error(request, _("Nothing can be written right now. Make room on the disk, then try again."))
    return _to(request, "intake:reject", pk=pk)


@gate("administer")
@require_POST
def discard(request: GatedRequest, pk: int) -> HttpResponse:
    """Mark a refused message as done with."""
    found = queries.reject_or_404(request.member, pk)
    try:
        actions.discard(reject=found, note=request.POST.get("note", ""), by=request.member)
        messages.success(request, _("Discarded. The message stays here, marked, until it is too old."))
    except capture.AlreadyReplayed:
        messages.info(request, _("This message was sent again or discarded before."))
    except Refused as refused:
        messages.error(request, str(refused))
    return _to(request, "intake:reject", pk=pk)


@gate("administer")
@require_POST
def bulk(request: GatedRequest) -> HttpResponse:
    """Send the ticked ones or all of the filter again, or discard them, in a job."""
    queries.rejects(request.member)
    wanted = queries.read(request.POST)
    ticked = [int(pk) for pk in request.POST.getlist("reject") if pk.isascii() and pk.isdigit() and len(pk) < 18]
    act, _dash, which = request.POST.get("act", "").partition("-")
    if which != "all" and not ticked:
        messages.info(request, _("Tick the messages first."))
        return _to(request, "intake:rejects", query=wanted.query())
    try:
        job = actions.start(
            workspace=request.workspace,
            act=act,
            wanted=wanted,
            ids=[] if which == "all" else ticked,
            note=request.POST.get("note", ""),
            by=request.member,
        )
    except Refused as refused:
        messages.error(request, str(refused))
        return _to(request, "intake:rejects", query=wanted.query())
    return _to(request, "intake:rejects_run", pk=job.pk)


@gate("view")
@require_safe
def run(request: GatedRequest, pk: int) -> HttpResponse:
    """How far the sending or discarding of many is."""
    queries.rejects(request.member)
    job = Job.objects.filter(workspace=request.workspace, kind=actions.KIND, pk=pk).first()
    if job is None:
        raise Http404
    is_going = job.state in (JobState.QUEUED, JobState.RUNNING)
    template = "intake/rejects/_run.html" if request.htmx else "intake/rejects/run.html"
    return render(request, template, {"job": job, "is_going": is_going, "is_replay": job.args["act"] == actions.REPLAY})


def _to(request: GatedRequest, name: str, query: str = "", **arguments: Any) -> HttpResponseRedirect:
    address = reverse(name, kwargs={"workspace": request.workspace.slug, **arguments})
    return HttpResponseRedirect(f"{address}?{query}" if query else address)
